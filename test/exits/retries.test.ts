/**
 * A provider fails, and the SDK calls it again. All attempts are one chat span, which has the number of retries and the
 * outcome of the last attempt.
 *
 * Holds: retries.
 */
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { callsTool, rejects, says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import type { CallParameters, Major } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { KINDS, runCall } from "./run-call.ts";

const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;

/** A provider's error that asks for a retry after a millisecond. */
function refused(major: Major, status = 429): Error {
  const error = apiCallError(major, { status, retryable: true });
  return Object.assign(error, { responseHeaders: { "retry-after-ms": "1" } });
}

interface Calls {
  readonly title: string;
  readonly steps: (major: Major) => readonly ScriptedStep[];
  readonly parameters?: CallParameters;
  readonly chat: ChatExpectation;
}

const CALLS: readonly Calls[] = [
  {
    title: "rejects with an error that is not repeatable",
    steps: (major) => [rejects(apiCallError(major, { status: 400 }))],
    chat: { ...UNANSWERED, error: "400" },
  },
  {
    title: "rejects with an error of the application's",
    steps: () => [rejects(new RoomServiceError("no"))],
    chat: { ...UNANSWERED, error: "RoomServiceError" },
  },
  {
    title: "rejects, and may not be asked again",
    steps: (major) => [rejects(refused(major))],
    parameters: { maxRetries: 0 },
    chat: { ...UNANSWERED, error: "429" },
  },
  {
    title: "rejects after two retries",
    steps: (major) => [rejects(refused(major), refused(major), refused(major, 503))],
    chat: { ...UNANSWERED, error: "503", retries: 2 },
  },
  {
    title: "rejects after one retry with an error that is not repeatable",
    steps: (major) => [rejects(refused(major), new RoomServiceError("no"))],
    chat: { ...UNANSWERED, error: "RoomServiceError", retries: 1 },
  },
  {
    title: "answers after one retry",
    steps: (major) => [says("a room", { rejections: [refused(major)] })],
    chat: { retries: 1 },
  },
  {
    title: "answers after two retries",
    steps: (major) => [says("a room", { rejections: [refused(major), refused(major, 500)] })],
    chat: { retries: 2 },
  },
  {
    title: "answers after four retries",
    steps: (major) => [says("a room", { rejections: Array.from({ length: 4 }, () => refused(major)) })],
    parameters: { maxRetries: 4 },
    chat: { retries: 4 },
  },
];

function ending({ error }: ChatExpectation): { readonly error?: string } {
  return error === undefined ? {} : { error };
}

const single: readonly Exit[] = CALLS.flatMap(({ title, steps, parameters, chat }) =>
  KINDS.map((kind): Exit => ({
    title: `has a provider that ${title} (${kind})`,
    run: (app) => runCall(app, kind, steps(app.major), parameters),
    expected: agentSpan(ending(chat), [chatSpan({ streaming: kind === "stream", ...chat })]),
  })),
);

const inLoops: readonly Exit[] = KINDS.map((kind): Exit => {
  const streaming = kind === "stream";
  return {
    title: `has a provider that is asked again in each step, and fails in the last (${kind})`,
    run: (app) => {
      const { major } = app;
      const steps = [
        callsTool("searchRooms", "call-1", { rejections: [refused(major)] }),
        callsTool("searchRooms", "call-2", { rejections: [refused(major), refused(major)] }),
        rejects(refused(major), refused(major), refused(major)),
      ];
      return runCall(
        app,
        kind,
        steps,
        app.loop(async () => 2),
      );
    },
    expected: agentSpan({ error: "429", finish: "tool_call" }, [
      chatSpan({ streaming, finish: "tool_call", retries: 1 }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming, finish: "tool_call", retries: 2 }),
      toolSpan("searchRooms", "call-2"),
      chatSpan({ streaming, ...UNANSWERED, error: "429", retries: 2 }),
    ]),
  };
});

testExits([...single, ...inLoops]);
