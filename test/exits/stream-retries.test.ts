/**
 * v7 repeats a step whose stream ended with an error part, with `streamRetries` or if `onError` asks for it. All
 * attempts are one chat span, which has what the last attempt reported.
 */
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { callsTool, rejects, says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import type { CallParameters, Major } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { runCall } from "./run-call.ts";

const overloaded = (major: Major, step: ScriptedStep = {}): ScriptedStep =>
  says("", {
    parts: [{ text: "a " }, { error: apiCallError(major, { status: 529 }) }],
    finish: null,
    ...step,
  });

const retrying = (): object => ({ retry: true });

interface StreamRetry {
  readonly title: string;
  readonly parameters: CallParameters;
  readonly steps: (major: Major) => readonly ScriptedStep[];
  readonly chat: ChatExpectation;
  readonly leavesAtTheEnd?: boolean;
}

const RETRIES: readonly StreamRetry[] = [
  {
    title: "is repeated once and answers",
    parameters: { streamRetries: 1 },
    steps: (major) => [overloaded(major), says("a room")],
    chat: { retries: 1 },
  },
  {
    title: "is repeated twice and answers",
    parameters: { streamRetries: 2 },
    steps: (major) => [overloaded(major), overloaded(major), says("a room")],
    chat: { retries: 2 },
  },
  {
    title: "gives a finish part after its error, is repeated and answers",
    leavesAtTheEnd: true,
    parameters: { streamRetries: 1 },
    steps: (major) => [
      overloaded(major, { finish: "error" }),
      says("a room", { usage: { input: 1, output: 2 } }),
    ],
    chat: { retries: 1, usage: { input: 1, output: 2 } },
  },
  {
    title: "reports another id and model in its second attempt",
    parameters: { streamRetries: 1 },
    steps: (major) => [overloaded(major), says("a room", { response: { id: "second", model: "other" } })],
    chat: { retries: 1, response: { id: "second", model: "other" } },
  },
  {
    title: "fails in every attempt",
    parameters: { streamRetries: 2 },
    steps: (major) => [overloaded(major), overloaded(major), overloaded(major)],
    chat: { retries: 2, error: "529", usage: null, finish: null },
  },
  {
    title: "fails at first before it answers and then in its answer",
    parameters: { streamRetries: 1 },
    steps: (major) => [
      overloaded(major, { rejections: [apiCallError(major, { status: 429, retryable: true })] }),
      says("a room"),
    ],
    chat: { retries: 2 },
  },
  {
    title: "is repeated and then refuses",
    parameters: { streamRetries: 1 },
    steps: (major) => [overloaded(major), rejects(new RoomServiceError("no"))],
    chat: { retries: 1, error: "RoomServiceError", usage: null, finish: null, response: null, output: false },
  },
  {
    title: "is repeated because onError asks for it",
    parameters: { streamRetries: 0, onError: retrying },
    steps: (major) => [overloaded(major), says("a room")],
    chat: { retries: 1 },
  },
  {
    title: "is repeated by itself and then because onError asks for it",
    parameters: { streamRetries: 1, onError: retrying },
    steps: (major) => [overloaded(major), overloaded(major), says("a room")],
    chat: { retries: 2 },
  },
  {
    title: "is not repeated though onError asks for it, for streamRetries is not set",
    parameters: { onError: retrying },
    steps: (major) => [overloaded(major)],
    chat: { error: "529", usage: null, finish: null },
  },
];

const single: readonly Exit[] = RETRIES.map(({ title, parameters, steps, chat, leavesAtTheEnd = false }) => ({
  title: `has a stream that ${title}`,
  majors: ["v7"],
  leavesAtTheEnd,
  run: (app) => runCall(app, "stream", steps(app.major), parameters),
  expected: agentSpan(chat.error === undefined ? {} : { error: chat.error }, [
    chatSpan({ streaming: true, ...chat }),
  ]),
}));

const inLoops: readonly Exit[] = [
  {
    title: "has a stream that is repeated in its second step",
    majors: ["v7"],
    run: (app) => {
      const steps = [callsTool("searchRooms", "call-1"), overloaded(app.major), says("two")];
      return runCall(app, "stream", steps, { ...app.loop(async () => 2), streamRetries: 1 });
    },
    expected: agentSpan({}, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming: true, retries: 1 }),
    ]),
  },
  {
    title: "has a stream that had called a tool before its error: the tool runs once, after the last attempt",
    majors: ["v7"],
    run: (app) => {
      const toolCall = { name: "searchRooms", id: "call-1" };
      const error = apiCallError(app.major, { status: 529 });
      const steps = [
        says("", { parts: [{ toolCall }, { error }], finish: null }),
        callsTool("searchRooms", "call-2"),
        says("two"),
      ];
      return runCall(app, "stream", steps, { ...app.loop(async () => 2), streamRetries: 1 });
    },
    expected: agentSpan({}, [
      chatSpan({ streaming: true, finish: "tool_call", retries: 1 }),
      toolSpan("searchRooms", "call-2"),
      chatSpan({ streaming: true }),
    ]),
  },
  {
    title: "is left while it is repeated",
    majors: ["v7"],
    run: async (app) => {
      const steps = [overloaded(app.major), says("", { parts: [{ text: "a room" }], hangs: true })];
      let texts = 0;
      for await (const _text of app.streamText(steps, { streamRetries: 1 }).textStream)
        if (++texts === 2) break;
    },
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ streaming: true, retries: 1, usage: null, finish: null, canceled: "consumer" }),
    ]),
  },
];

testExits([...single, ...inLoops]);
