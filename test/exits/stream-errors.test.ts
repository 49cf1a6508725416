/**
 * Streams that fail by breaking or by an error part, with and without a `finish` part, read in every way. The chat and
 * the run fail with the same error, and keep what was reported before it.
 *
 * Holds: ends-as-error.
 */
import { agentSpan, chatSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import { settle } from "../support/gate.ts";
import { exchangeHttp } from "../support/http-exchange.ts";
import type { Major } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import type { ExitResult } from "./exit-stage.ts";

const WORD = { text: "a " };
/** The provider reports no usage and no finish reason, so the spans have neither. */
const NO_FINISH = { usage: null, finish: null } as const;

interface Failure {
  readonly title: string;
  readonly step: (major: Major) => ScriptedStep;
  readonly chat: ChatExpectation & { readonly error: string };
}

const FAILURES: readonly Failure[] = [
  {
    title: "breaks off in its answer",
    step: () => ({ parts: [WORD], streamError: new RoomServiceError("no") }),
    chat: { error: "RoomServiceError", ...NO_FINISH },
  },
  {
    title: "breaks off before its first word",
    step: () => ({ parts: [], streamError: new RoomServiceError("no") }),
    chat: { error: "RoomServiceError", ...NO_FINISH, output: false },
  },
  {
    title: "breaks off before it says anything at all",
    step: () => ({ parts: [], streamError: new RoomServiceError("no"), response: undefined }),
    chat: { error: "RoomServiceError", ...NO_FINISH, output: false, response: null },
  },
  {
    title: "breaks off with nothing for an error",
    step: () => ({ parts: [WORD], streamError: undefined }),
    chat: { error: "_OTHER", ...NO_FINISH },
  },
  {
    title: "has an error part and then a finish part",
    step: (major) => ({ parts: [WORD, { error: apiCallError(major, { status: 529 }) }], finish: "error" }),
    chat: { error: "529", finish: "error" },
  },
  {
    title: "has an error part and then a finish part that says stop",
    step: () => ({ parts: [WORD, { error: new RoomServiceError("no") }], finish: "stop" }),
    chat: { error: "RoomServiceError", finish: "stop" },
  },
  {
    title: "has an error part and no finish part",
    step: () => ({ parts: [WORD, { error: new RoomServiceError("no") }], finish: null }),
    chat: { error: "RoomServiceError", ...NO_FINISH },
  },
  {
    title: "has an error part before its first word",
    step: () => ({ parts: [{ error: new RoomServiceError("no") }], finish: null }),
    chat: { error: "RoomServiceError", ...NO_FINISH, output: false },
  },
  {
    title: "has an error part and then more words",
    step: () => ({ parts: [WORD, { error: new RoomServiceError("no") }, { text: "room" }], finish: "stop" }),
    chat: { error: "RoomServiceError", finish: "stop" },
  },
  {
    title: "has two error parts",
    step: () => ({
      parts: [{ error: new RangeError("no") }, { error: new RoomServiceError("no") }],
      finish: "error",
    }),
    chat: { error: "RoomServiceError", finish: "error", output: false },
  },
  {
    title: "has an error part that is a plain object",
    step: () => ({ parts: [WORD, { error: { type: "overloaded_error" } }], finish: "error" }),
    chat: { error: "_OTHER", finish: "error" },
  },
  {
    title: "has an error part and then breaks off",
    step: () => ({ parts: [WORD, { error: new RangeError("no") }], streamError: new RoomServiceError("no") }),
    chat: { error: "RangeError", ...NO_FINISH },
  },
];

type Read = (result: ExitResult) => Promise<unknown>;

/** Ways to read. Each returns the types of the chunks, or what it does with the error. */
const READS: Readonly<Record<string, Read>> = {
  textStream: async (result) => {
    const texts: string[] = [];
    for await (const text of result.textStream) texts.push(text);
    return texts;
  },
  fullStream: async (result) => {
    const types: string[] = [];
    for await (const part of result.fullStream) types.push(part.type);
    return types;
  },
  toUIMessageStream: async (result) => {
    const types: string[] = [];
    for await (const part of result.toUIMessageStream()) types.push(part.type);
    return types;
  },
  toTextStreamResponse: (result) => result.toTextStreamResponse().text(),
  pipeTextStreamToResponse: (result) =>
    exchangeHttp(
      (response) => void Promise.resolve(result.pipeTextStreamToResponse(response)).catch(() => {}),
    ),
  consumeStream: (result) => result.consumeStream(),
  // On v5 the promises stay pending when a stream breaks.
  text: (result) => Promise.race([result.text, settle(() => false).then(() => "pending")]),
};

const exits: readonly Exit[] = FAILURES.flatMap(({ title, step, chat }) =>
  Object.entries(READS).map(([way, read]): Exit => ({
    title: `reads ${way} of a stream that ${title}`,
    run: async (app) => {
      try {
        return await read(app.streamText([says("", step(app.major))]));
      } catch (error) {
        return String(error);
      }
    },
    expected: agentSpan({ error: chat.error }, [chatSpan({ streaming: true, ...chat })]),
  })),
);

/** An answer without a finish reason was interrupted on its way. */
const unfinished: readonly Exit[] = [
  {
    title: "reads a stream that ends without a finish part",
    run: async (app) => {
      const result = app.streamText([says("", { parts: [WORD], finish: null })]);
      for await (const _part of result.fullStream);
    },
    expected: agentSpan({ error: "_OTHER" }, [chatSpan({ streaming: true, error: "_OTHER", ...NO_FINISH })]),
  },
];

testExits([...exits, ...unfinished]);
