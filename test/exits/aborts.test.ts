/**
 * An abort signal ends the run and all open spans below it at once. An abort cancels them, and a deadline is an error.
 * Spans that have ended keep their outcome.
 *
 * Holds: ends-as-canceled.
 */
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import type { ExpectedTree } from "../harness/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { createGate, rejectOnAbort, turn, type Gate } from "../support/gate.ts";
import type { CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { testExits, type Exit } from "./exit.ts";
import type { ExitStage } from "./exit-stage.ts";
import { KINDS, runCall, type Kind } from "./run-call.ts";

type Ending = { readonly canceled: "abort" } | { readonly error: "timeout" };

interface Cause {
  readonly title: string;
  readonly reason: () => unknown;
  readonly ending: Ending;
}

const CAUSES: readonly Cause[] = [
  { title: "an abort", reason: () => undefined, ending: { canceled: "abort" } },
  {
    title: "an abort with an own error",
    reason: () => new RangeError("enough"),
    ending: { canceled: "abort" },
  },
  { title: "an abort with a string", reason: () => "enough", ending: { canceled: "abort" } },
  {
    title: "a deadline",
    // The reason of `AbortSignal.timeout`, without a clock.
    reason: () => new DOMException("too late", "TimeoutError"),
    ending: { error: "timeout" },
  },
];

/** Where the run is when its signal aborts, and the spans that it leaves. */
interface Place {
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** Returns parameters and answers of a run that calls `abort` at this place. */
  readonly set: (
    app: ExitStage,
    abort: () => Promise<void>,
  ) => { steps: ScriptedStep[]; parameters?: CallParameters };
  readonly expected: (streaming: boolean, ending: Ending) => ExpectedTree;
}

const UNANSWERED = { usage: null, finish: null, response: null, output: false } as const;
const CUT_OFF = { usage: null, finish: null } as const;

/** A gate that calls `abort` when something waits at it, and never opens. */
function abortAt(abort: () => Promise<void>): Gate {
  const gate = createGate();
  void gate.reached.then(abort);
  return gate;
}

const oneToolCall = (streaming: boolean) => chatSpan({ streaming, finish: "tool_call" });

const PLACES: readonly Place[] = [
  {
    title: "before the provider answers",
    kinds: KINDS,
    set: (_app, abort) => ({
      steps: [
        says("a room", {
          onCall: async ({ abortSignal }) => {
            await abort();
            return rejectOnAbort(abortSignal);
          },
        }),
      ],
    }),
    expected: (streaming, ending) => agentSpan(ending, [chatSpan({ streaming, ...UNANSWERED, ...ending })]),
  },
  {
    title: "before the first part with output",
    kinds: ["stream"],
    set: (_app, abort) => ({ steps: [says("", { parts: [{ gate: abortAt(abort) }, { text: "a room" }] })] }),
    expected: (streaming, ending) =>
      agentSpan(ending, [chatSpan({ streaming, ...CUT_OFF, output: false, ...ending })]),
  },
  {
    title: "in the middle of an answer",
    kinds: ["stream"],
    set: (_app, abort) => ({
      steps: [says("", { parts: [{ text: "a " }, { gate: abortAt(abort) }, { text: "room" }] })],
    }),
    expected: (streaming, ending) => agentSpan(ending, [chatSpan({ streaming, ...CUT_OFF, ...ending })]),
  },
  {
    title: "while a tool runs that gives up",
    kinds: KINDS,
    set: (app, abort) => ({
      steps: [callsTool("searchRooms", "call-1"), says("two")],
      parameters: app.loop(async (_input, { abortSignal }) => {
        await abort();
        await rejectOnAbort(abortSignal);
      }),
    }),
    expected: (streaming, ending) =>
      agentSpan(ending, [oneToolCall(streaming), toolSpan("searchRooms", "call-1", ending)]),
  },
  {
    title: "while a tool runs that gives partial results",
    kinds: KINDS,
    set: (app, abort) => ({
      steps: [callsTool("searchRooms", "call-1"), says("two")],
      parameters: app.loop(async function* (_input, { abortSignal }) {
        yield 1;
        await abort();
        yield await rejectOnAbort(abortSignal);
      }),
    }),
    expected: (streaming, ending) =>
      agentSpan(ending, [oneToolCall(streaming), toolSpan("searchRooms", "call-1", ending)]),
  },
  {
    title: "in the second step",
    kinds: KINDS,
    set: (app, abort) => ({
      steps: [callsTool("searchRooms", "call-1"), says("", { parts: [{ gate: abortAt(abort) }] })],
      parameters: app.loop(async () => 2),
    }),
    expected: (streaming, ending) =>
      agentSpan({ ...ending, usage: { input: 10, output: 5 }, finish: "tool_call" }, [
        oneToolCall(streaming),
        toolSpan("searchRooms", "call-1"),
        chatSpan({ streaming, ...CUT_OFF, output: false, ...(streaming ? {} : UNANSWERED), ...ending }),
      ]),
  },
];

const aborted: readonly Exit[] = CAUSES.flatMap(({ title: cause, reason, ending }) =>
  PLACES.flatMap((place) =>
    place.kinds.map((kind) => ({
      title: `ends with ${cause} ${place.title} (${kind})`,
      run: (app: ExitStage) => {
        const controller = new AbortController();
        // Aborts in a new turn, as real aborts do. Within one turn, the order of a part and the abort depends on
        // microtasks, which differ between releases of Node.
        const { steps, parameters } = place.set(app, () => turn().then(() => controller.abort(reason())));
        return runCall(app, kind, steps, { ...parameters, abortSignal: controller.signal });
      },
      expected: place.expected(kind === "stream", ending),
    })),
  ),
);

testExits(aborted);
