/**
 * The spans of an interrupted run have what the provider reported before. Calls that ended have their ids, usage and
 * finish reasons. The interrupted call has its id, and nothing that was not reported.
 *
 * Holds: counts-of-partial-answers.
 */
import { agentSpan, chatSpan, toolSpan, type ChatExpectation } from "../conformance/expected-spans.ts";
import { callsTool, says } from "../conformance/script.ts";
import { createGate, turn } from "../support/gate.ts";
import type { ScriptedPart, ScriptedStep, ScriptedUsage } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import { comeToRest, type ExitStage } from "./exit-stage.ts";

type Ending = { readonly error: string } | { readonly canceled: "abort" | "consumer" };

interface Cut {
  readonly title: string;
  readonly ending: Ending;
  /** The provider's stream fails with this error. By default the stream never ends. */
  readonly streamError?: unknown;
  readonly cut: (controller: AbortController, reader: ReadableStreamDefaultReader<unknown>) => unknown;
}

const CUTS: readonly Cut[] = [
  { title: "an abort", ending: { canceled: "abort" }, cut: (controller) => controller.abort() },
  {
    title: "a deadline",
    ending: { error: "timeout" },
    cut: (controller) => controller.abort(new DOMException("too late", "TimeoutError")),
  },
  {
    title: "a consumer that leaves",
    ending: { canceled: "consumer" },
    cut: (_controller, reader) => reader.cancel(),
  },
  { title: "an error", ending: { error: "RangeError" }, streamError: new RangeError("no"), cut: () => {} },
];

/** What the provider has sent of its answer before the interruption, and the resulting chat span. */
interface Said {
  readonly title: string;
  readonly step: Omit<ScriptedStep, "parts"> & { readonly parts: readonly ScriptedPart[] };
  readonly chat: ChatExpectation;
}

const NOTHING = { usage: null, finish: null, response: null, output: false } as const;

const SAID: readonly Said[] = [
  { title: "nothing", step: { parts: [], response: {} }, chat: NOTHING },
  {
    title: "its id",
    step: { parts: [], response: { id: "r" } },
    chat: { ...NOTHING, response: { id: "r" } },
  },
  {
    title: "its id, its model and a word",
    step: { parts: [{ text: "a room" }], response: { id: "r", model: "m" } },
    chat: { ...NOTHING, response: { id: "r", model: "m" }, output: true },
  },
  {
    title: "a thought",
    step: { parts: [{ reasoning: "hm" }], response: { model: "m" } },
    chat: { ...NOTHING, response: { model: "m" }, output: true },
  },
];

const BEFORE: ScriptedUsage = { input: 100, output: 50, cacheRead: 40, reasoning: 30 };

/** Interrupts a run at the end of `step`, in its second model call. */
async function cutShort(app: ExitStage, { cut, ...failure }: Cut, { step }: Said): Promise<void> {
  const controller = new AbortController();
  const gate = createGate();
  const last = "streamError" in failure ? { streamError: failure.streamError } : { hangs: true };
  const second = { ...step, parts: [...step.parts, { gate }], ...last };
  const loop = { ...app.loop(async () => 2), abortSignal: controller.signal };
  const first = callsTool("searchRooms", "call-1", { usage: BEFORE, response: { id: "first" } });
  const reader = app.streamText([first, second], loop).fullStream.getReader();
  const reading = readAll(reader);
  await gate.reached;
  await cut(controller, reader);
  await turn();
  gate.open();
  await reading;
}

async function readAll(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The failure is on the spans.
  }
}

const exits: readonly Exit[] = CUTS.flatMap((cut) =>
  SAID.map((said) => ({
    title: `keeps what was reported before ${cut.title} after the provider has sent ${said.title}`,
    run: (app: ExitStage) => cutShort(app, cut, said),
    expected: agentSpan({ ...cut.ending, usage: BEFORE, finish: "tool_call" }, [
      chatSpan({ streaming: true, finish: "tool_call", usage: BEFORE, response: { id: "first" } }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ streaming: true, ...said.chat, ...cut.ending }),
    ]),
  })),
);

/** The provider has sent its last part, and the run is interrupted before the SDK has processed it. */
const afterFinish: readonly Exit[] = [
  {
    title: "keeps a whole answer whose run is left while a tool runs",
    run: async (app) => {
      const gate = createGate();
      const loop = app.loop(() => gate.pass());
      const step = callsTool("searchRooms", "call-1", { usage: BEFORE });
      const reader = app.streamText([step], loop).fullStream.getReader();
      const reading = readAll(reader);
      await gate.reached;
      await turn();
      await reader.cancel();
      gate.open();
      await reading;
    },
    expected: agentSpan({ canceled: "consumer" }, [
      chatSpan({ streaming: true, finish: "tool_call", usage: BEFORE }),
      toolSpan("searchRooms", "call-1", { canceled: "consumer" }),
    ]),
  },
  {
    title: "keeps a whole answer whose reader leaves after the first part of it",
    run: async (app) => {
      // The answer is so short that v7 reads ahead to its end.
      const reader = app.streamText([says("a room", { usage: BEFORE })]).fullStream.getReader();
      await reader.read();
      await comeToRest(app);
      await reader.cancel();
    },
    expected: agentSpan({ canceled: "consumer" }, [chatSpan({ streaming: true, usage: BEFORE })]),
  },
  {
    title: "keeps a whole answer that nobody reads when the run is aborted",
    run: async (app) => {
      const controller = new AbortController();
      app.streamText([says("a room", { usage: BEFORE })], { abortSignal: controller.signal });
      await comeToRest(app);
      controller.abort();
    },
    expected: agentSpan({ canceled: "abort" }, [chatSpan({ streaming: true, usage: BEFORE })]),
  },
  {
    title: "keeps an answer that was cut by the provider itself",
    run: async (app) => {
      for await (const _part of app.streamText([says("a room", { finish: "length", usage: BEFORE })])
        .fullStream);
    },
    expected: agentSpan({}, [chatSpan({ streaming: true, finish: "length", usage: BEFORE })]),
  },
];

testExits([...exits, ...afterFinish]);
