/**
 * Runs that the caller aborts or that exceed a deadline: before the model call, during it, and inside a tool.
 */
import { createGate, rejectOnAbort } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { ExpectedSpan } from "../../support/span-tree.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, callText, DEFAULT_RESPONSE, drain, says, swallow } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

/** The SDK's telemetry has no signal. The adapter can use only the error that a call rejects with. */
const NO_SIGNAL = "no event carries the abort signal";

/** Why a run ends, and what every span that is open at that moment records. */
interface Cause {
  readonly title: string;
  readonly ending: { readonly canceled: "abort" } | { readonly error: "timeout" };
  readonly abort: (controller: AbortController) => void;
  /** How the adapter records the rejection, if it differs because the signal is unknown. */
  readonly unsignalled?: { readonly error: string };
}

const CAUSES: readonly Cause[] = [
  { title: "the caller aborts", ending: { canceled: "abort" }, abort: (controller) => controller.abort() },
  {
    title: "the caller aborts with an error of its own",
    ending: { canceled: "abort" },
    abort: (controller) => controller.abort(new RangeError("enough")),
    unsignalled: { error: "RangeError" },
  },
  {
    title: "a deadline passes",
    ending: { error: "timeout" },
    // What `AbortSignal.timeout` aborts with, but without a clock.
    abort: (controller) => controller.abort(new DOMException("too late", "TimeoutError")),
  },
];

/** The model sends one text and then never another part. */
const hanging: ScriptedStep = says("", { parts: [{ text: "a room " }], hangs: true });
const unanswered = { usage: null, finish: null, response: null, output: false } as const;
const cutOff = { streaming: true, usage: null, finish: null } as const;

async function generateUntil(
  app: ApplicationStage,
  abort: (controller: AbortController) => void,
): Promise<void> {
  const controller = new AbortController();
  const gate = createGate();
  const { model } = scriptedModel(app.major, [says("", { parts: [{ gate }] })]);
  const running = app.sdk.generateText(call(app, model, { abortSignal: controller.signal }));
  await gate.reached;
  abort(controller);
  await swallow(running);
}

async function streamUntil(
  app: ApplicationStage,
  abort: (controller: AbortController) => void,
): Promise<void> {
  const controller = new AbortController();
  const { model } = scriptedModel(app.major, [hanging]);
  const result = app.sdk.streamText(call(app, model, { abortSignal: controller.signal }));
  await swallow(
    (async () => {
      for await (const _text of result.textStream) abort(controller);
    })(),
  );
}

/** The tool aborts the run, and then rejects because the signal aborts. */
async function abortInTool(
  app: ApplicationStage,
  streaming: boolean,
  abort: (controller: AbortController) => void,
): Promise<void> {
  const controller = new AbortController();
  const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
  const searchRooms = roomTool(app, async (_input, { abortSignal }) => {
    abort(controller);
    await rejectOnAbort(abortSignal);
  });
  const parameters = call(app, model, {
    tools: { searchRooms },
    stopWhen: app.major.stepCount(5),
    abortSignal: controller.signal,
  });
  await swallow(callText(app.sdk, streaming, parameters));
}

const abortedInTool = (streaming: boolean, ending: Cause["ending"] | Required<Cause>["unsignalled"]) =>
  agentSpan(ending, [
    chatSpan({ streaming, finish: "tool_call" }),
    toolSpan("searchRooms", "call-1", ending),
  ]);

const duringRuns: readonly TreeProgram[] = CAUSES.flatMap(
  ({ title, ending, abort, unsignalled }): TreeProgram[] => [
    {
      title: `generates until ${title}`,
      run: (app) => generateUntil(app, abort),
      expected: agentSpan(ending, [chatSpan({ ...unanswered, ...ending })]),
      ...(unsignalled && {
        adapted: {
          reason: NO_SIGNAL,
          expected: agentSpan(unsignalled, [chatSpan({ ...unanswered, ...unsignalled })]),
        },
      }),
    },
    {
      title: `streams until ${title}`,
      run: (app) => streamUntil(app, abort),
      expected: agentSpan(ending, [chatSpan({ ...cutOff, ...ending })]),
    },
    ...[false, true].map((streaming): TreeProgram => ({
      title: `${streaming ? "streams" : "generates"} until ${title} inside a tool`,
      run: (app) => abortInTool(app, streaming, abort),
      expected: abortedInTool(streaming, ending),
      ...(unsignalled &&
        !streaming && {
          adapted: { reason: NO_SIGNAL, expected: abortedInTool(streaming, unsignalled) },
        }),
    })),
  ],
);

/** A real timer. It cannot fire before the model is called, because all work before that runs in microtasks. */
const SHORT_MS = 5;

const DEADLINES: Readonly<
  Record<string, { readonly parameters: () => CallParameters; readonly majors?: TreeProgram["majors"] }>
> = {
  "AbortSignal.timeout": { parameters: () => ({ abortSignal: AbortSignal.timeout(SHORT_MS) }) },
  "the timeout parameter": { parameters: () => ({ timeout: SHORT_MS }), majors: ["v6", "v7"] },
  "the timeout parameter for a step": {
    parameters: () => ({ timeout: { stepMs: SHORT_MS } }),
    majors: ["v6", "v7"],
  },
};

const deadlines: readonly TreeProgram[] = Object.entries(DEADLINES).flatMap(
  ([way, { parameters, majors }]) => [
    {
      title: `generates until ${way} ends it`,
      ...(majors === undefined ? {} : { majors }),
      run: async (app) => {
        const { model } = scriptedModel(app.major, [hanging]);
        await swallow(app.sdk.generateText(call(app, model, parameters())));
      },
      expected: agentSpan({ error: "timeout" }, [chatSpan({ ...unanswered, error: "timeout" })]),
    },
    {
      title: `streams until ${way} ends it`,
      ...(majors === undefined ? {} : { majors }),
      run: async (app) => {
        const { model } = scriptedModel(app.major, [hanging]);
        await drain(app.sdk.streamText(call(app, model, parameters())));
      },
      expected: agentSpan({ error: "timeout" }, [chatSpan({ ...cutOff, error: "timeout" })]),
    },
  ],
) satisfies TreeProgram[];

const before: readonly TreeProgram[] = [false, true].map((streaming) => ({
  title: `${streaming ? "streams" : "generates"} with a signal that is aborted already`,
  run: async (app) => {
    const { model } = scriptedModel(app.major, [says("a room")]);
    const parameters = call(app, model, { abortSignal: AbortSignal.abort() });
    await swallow(callText(app.sdk, streaming, parameters));
  },
  expected: agentSpan({ canceled: "abort" }, [chatSpan({ streaming, ...unanswered, canceled: "abort" })]),
}));

const betweenSteps: readonly TreeProgram[] = [
  {
    title: "streams in steps until the caller aborts in the second",
    run: async (app) => {
      const controller = new AbortController();
      const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), hanging]);
      const tools = { searchRooms: roomTool(app, async () => 2) };
      const result = app.sdk.streamText(
        call(app, model, { tools, stopWhen: app.major.stepCount(5), abortSignal: controller.signal }),
      );
      for await (const _text of result.textStream) controller.abort();
    },
    expected: agentSpan({ canceled: "abort", usage: { input: 10, output: 5 }, finish: "tool_call" }, [
      chatSpan({ streaming: true, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1"),
      chatSpan({ ...cutOff, canceled: "abort", response: DEFAULT_RESPONSE }),
    ]),
  },
];

/** The SDK's telemetry does not report the abort, so the adapter ends the run only when it is collected. */
function neverReported(streaming: boolean, expected: ExpectedSpan): Pick<TreeProgram, "adapted"> {
  return streaming ? {} : { adapted: { reason: NO_SIGNAL, byCollection: true, expected } };
}

const ABANDONED = { canceled: "abandoned" } as const;

/** The model or the tool ignores the abort. The SDK may wait for ever, but the spans must end. */
const deafRuns: readonly TreeProgram[] = [false, true].flatMap((streaming): TreeProgram[] => {
  const word = streaming ? "streams" : "generates";
  const start = (app: ApplicationStage, parameters: CallParameters, model: object): void => {
    const all = call(app, model, parameters);
    void swallow(streaming ? drain(app.sdk.streamText(all)) : app.sdk.generateText(all));
  };
  return [
    {
      title: `${word} until the caller aborts a model that ignores the signal`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const { model } = scriptedModel(app.major, [says("", { parts: [{ gate }], deaf: true })]);
        start(app, { abortSignal: controller.signal }, model);
        await gate.reached;
        controller.abort();
      },
      expected: agentSpan({ canceled: "abort" }, [
        chatSpan({
          ...unanswered,
          streaming,
          canceled: "abort",
          response: streaming ? DEFAULT_RESPONSE : null,
        }),
      ]),
      ...neverReported(streaming, agentSpan(ABANDONED, [chatSpan({ ...unanswered, ...ABANDONED })])),
    },
    {
      title: `${word} until the caller aborts a tool that ignores the signal`,
      run: async (app) => {
        const controller = new AbortController();
        const gate = createGate();
        const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1")]);
        const tools = { searchRooms: roomTool(app, () => gate.pass()) };
        start(app, { tools, abortSignal: controller.signal }, model);
        await gate.reached;
        controller.abort();
      },
      expected: agentSpan({ canceled: "abort" }, [
        chatSpan({ streaming, finish: "tool_call" }),
        toolSpan("searchRooms", "call-1", { canceled: "abort" }),
      ]),
      ...neverReported(
        streaming,
        agentSpan(ABANDONED, [
          chatSpan({ finish: "tool_call" }),
          toolSpan("searchRooms", "call-1", ABANDONED),
        ]),
      ),
    },
  ];
});

const afterwards: readonly TreeProgram[] = [false, true].map((streaming) => ({
  title: `${streaming ? "streams" : "generates"} to the end and aborts then`,
  run: async (app) => {
    const controller = new AbortController();
    const { model } = scriptedModel(app.major, [says("a room")]);
    const parameters = call(app, model, { abortSignal: controller.signal });
    await callText(app.sdk, streaming, parameters);
    controller.abort();
  },
  expected: agentSpan({}, [chatSpan({ streaming })]),
}));

export const aborts: readonly TreeProgram[] = [
  ...before,
  ...duringRuns,
  ...deadlines,
  ...betweenSteps,
  ...deafRuns,
  ...afterwards,
];
