/**
 * Tools end on their own, by the run's signal, or with their run. If a tool throws, its span has the error. The loop
 * goes on, and the run is complete.
 */
import { agentSpan, chatSpan, toolSpan, type ToolExpectation } from "../conformance/expected-spans.ts";
import { callsTool, callsTools, says } from "../conformance/script.ts";
import { RoomServiceError } from "../support/failures.ts";
import { createGate, rejectOnAbort, turn } from "../support/gate.ts";
import { testExits, type Exit } from "./exit.ts";
import { comeToRest } from "./exit-stage.ts";
import type { Execute } from "../support/tools.ts";
import { KINDS, runCall, type Kind } from "./run-call.ts";

interface ToolEnd {
  readonly title: string;
  readonly execute: () => Execute;
  readonly tool: ToolExpectation;
}

const never = (): Promise<never> => new Promise(() => {});

function fail(error: unknown): never {
  throw error;
}

/** An iterable whose iterator has no `return`, which is optional. */
function iterableOf(next: () => Promise<IteratorResult<unknown>>): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

const ENDS: readonly ToolEnd[] = [
  { title: "gives a value", execute: () => () => 2, tool: {} },
  { title: "resolves", execute: () => async () => 2, tool: {} },
  { title: "throws", execute: () => () => fail(new TypeError("no")), tool: { error: "TypeError" } },
  {
    title: "rejects with an error of the application's",
    execute: () => async () => fail(new RoomServiceError("no")),
    tool: { error: "RoomServiceError" },
  },
  { title: "rejects with a string", execute: () => () => Promise.reject("no"), tool: { error: "_OTHER" } },
  {
    title: "rejects with nothing",
    execute: () => () => Promise.reject(undefined),
    tool: { error: "_OTHER" },
  },
  {
    title: "gives partial results",
    execute: () =>
      async function* () {
        yield 1;
        yield 2;
      },
    tool: {},
  },
  {
    title: "gives no result of many",
    execute: () => async function* () {},
    tool: {},
  },
  {
    title: "throws before its first partial result",
    execute: () =>
      // oxlint-disable-next-line require-yield -- the point of the case
      async function* () {
        fail(new RangeError("no"));
      },
    tool: { error: "RangeError" },
  },
  {
    title: "throws after a partial result",
    execute: () =>
      async function* () {
        yield 1;
        fail(new RangeError("no"));
      },
    tool: { error: "RangeError" },
  },
  {
    title: "has an iterator without return that throws at once",
    execute: () => () => iterableOf(() => fail(new RangeError("no"))),
    tool: { error: "RangeError" },
  },
];

function loopsOf(kind: Kind): Exit[] {
  const streaming = kind === "stream";
  const chat = chatSpan({ streaming, finish: "tool_call" });
  return ENDS.map(({ title, execute, tool }) => ({
    title: `goes on after a tool that ${title} (${kind})`,
    run: (app) => runCall(app, kind, [callsTool("searchRooms", "call-1"), says("two")], app.loop(execute())),
    expected: agentSpan({}, [chat, toolSpan("searchRooms", "call-1", tool), chatSpan({ streaming })]),
  }));
}

/** Aborts while the tool runs. The tools react in different ways. */
function abortedOf(kind: Kind): Exit[] {
  const streaming = kind === "stream";
  const ABORT = { canceled: "abort" } as const;
  const tools: Readonly<Record<string, Execute>> = {
    "gives up as its signal says": (_input, { abortSignal }) => rejectOnAbort(abortSignal),
    "throws an error of its own when its signal aborts": async (_input, { abortSignal }) => {
      await rejectOnAbort(abortSignal).catch(() => fail(new RoomServiceError("no")));
    },
    "succeeds all the same": async (_input, { abortSignal }) => rejectOnAbort(abortSignal).catch(() => 2),
    "never settles": never,
  };
  return Object.entries(tools).map(([title, rest]) => ({
    title: `ends at once with a tool that ${title} (${kind})`,
    run: async (app) => {
      const controller = new AbortController();
      const gate = createGate();
      gate.open();
      const loop = app.loop((input, options) => {
        void gate.pass();
        return rest(input, options);
      });
      const steps = [callsTool("searchRooms", "call-1"), says("two")];
      const running = runCall(app, kind, steps, { ...loop, abortSignal: controller.signal });
      await gate.reached;
      app.expectOpen("invoke_agent", "execute_tool");
      controller.abort();
      app.expectOpen();
      // If the tool never settles, the SDK decides whether the run settles.
      return Promise.race([running, turn().then(turn).then(turn)]);
    },
    expected: agentSpan(ABORT, [
      chatSpan({ streaming, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", ABORT),
    ]),
  }));
}

/** Several tool calls of one step, each with its own outcome. */
const parallel: readonly Exit[] = KINDS.map((kind) => ({
  title: `ends the one of two tools that is still running when the run is aborted (${kind})`,
  run: async (app) => {
    const controller = new AbortController();
    const loop = app.loop(async (_input, { abortSignal }) => {
      if (calls++ === 0) return 2;
      await turn();
      controller.abort();
      return rejectOnAbort(abortSignal);
    });
    let calls = 0;
    const steps = [
      callsTools([
        { name: "searchRooms", id: "call-1" },
        { name: "searchRooms", id: "call-2" },
      ]),
    ];
    return runCall(app, kind, steps, { ...loop, abortSignal: controller.signal });
  },
  expected: agentSpan({ canceled: "abort" }, [
    chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
    toolSpan("searchRooms", "call-1"),
    toolSpan("searchRooms", "call-2", { canceled: "abort" }),
  ]),
}));

const left: readonly Exit[] = [
  {
    title: "ends a tool whose partial results nobody takes any more; the tool itself goes on",
    run: async (app) => {
      const gate = createGate();
      const did: string[] = [];
      const loop = app.loop(async function* () {
        try {
          yield 1;
          await gate.pass();
          did.push("went on");
          yield 2;
          did.push("gave all");
        } finally {
          did.push("cleaned up");
        }
      });
      const { fullStream } = app.streamText([callsTool("searchRooms", "call-1")], loop);
      for await (const part of fullStream) {
        if (part.type === "tool-result") break;
      }
      await turn();
      app.expectOpen();
      gate.open();
      await comeToRest(app);
      return did;
    },
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", { canceled: "consumer" }),
    ]),
  },
];

/** The span is still open in the last statement of the tool. */
const open: readonly Exit[] = KINDS.map((kind) => ({
  title: `stays open until the last part of a tool that gives several (${kind})`,
  run: (app) => {
    const loop = app.loop(async function* () {
      yield 1;
      await turn();
      app.expectOpen("invoke_agent", "execute_tool");
      yield 2;
      app.expectOpen("invoke_agent", "execute_tool");
    });
    return runCall(app, kind, [callsTool("searchRooms", "call-1"), says("two")], loop);
  },
  expected: agentSpan({}, [
    chatSpan({ streaming: kind === "stream", finish: "tool_call" }),
    toolSpan("searchRooms", "call-1"),
    chatSpan({ streaming: kind === "stream" }),
  ]),
}));

testExits([...open, ...left, ...KINDS.flatMap(loopsOf), ...KINDS.flatMap(abortedOf), ...parallel]);
