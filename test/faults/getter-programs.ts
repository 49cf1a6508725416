/**
 * Programs whose objects have getters instead of values: parameters, model, tools, telemetry settings, signal and agent
 * settings.
 */
import { callsTool, says } from "../conformance/script.ts";
import { agentClassOf } from "../support/agents.ts";
import { rejectOnAbort } from "../support/gate.ts";
import type { CallParameters } from "../support/majors.ts";
import { emptySchema, type Execute } from "../support/tools.ts";
import type { WatchedProgram, WatchedStage } from "../transparency/stage.ts";
import { callbacks, logOutcome, logStream } from "../transparency/watch.ts";
import { signalWithGetters, withGetters } from "./faulty-getters.ts";

function parametersOf(stage: WatchedStage, execute: Execute, controller: AbortController): CallParameters {
  const { sdk, major } = stage;
  const model = stage.model([callsTool("searchRooms", "call-1"), says("a room")]);
  const inputSchema = emptySchema(sdk);
  const metadata = withGetters("metadata", { userId: "u-7", plan: "pro" });
  const telemetry = major.telemetryOptions({ functionId: "booking-agent", metadata });
  for (const [name, value] of Object.entries(telemetry)) {
    if (value !== metadata) withGetters(name, value as object);
  }
  return stage.call(withGetters("model", model), {
    tools: withGetters("tools", {
      searchRooms: withGetters("tool", { inputSchema, description: "rooms", execute }),
    }),
    stopWhen: major.stepCount(5),
    temperature: 0.5,
    stopSequences: ["end"],
    abortSignal: signalWithGetters("signal", controller.signal),
    ...callbacks(stage, ["onStepFinish", "onFinish"]),
    ...telemetry,
  });
}

/** The parameters of a call, with getters at every level. */
function call(stage: WatchedStage): CallParameters {
  return withGetters(
    "parameters",
    parametersOf(stage, async () => 2, new AbortController()),
  );
}

function abortingCall(stage: WatchedStage): CallParameters {
  const controller = new AbortController();
  const execute: Execute = async (_input, { abortSignal }) => {
    controller.abort();
    await rejectOnAbort(abortSignal);
  };
  return withGetters("parameters", parametersOf(stage, execute, controller));
}

function agentOf(stage: WatchedStage): InstanceType<ReturnType<typeof agentClassOf>> {
  const { prompt: _prompt, ...settings } = parametersOf(stage, async () => 2, new AbortController());
  return new (agentClassOf(stage.sdk))(withGetters("settings", { id: "booking", ...settings }));
}

export const GETTER_PROGRAMS: readonly WatchedProgram[] = [
  {
    title: "generates text",
    run: (stage) => logOutcome(stage, "call", () => stage.sdk.generateText(call(stage))),
  },
  {
    title: "streams text",
    run: (stage) => logStream(stage, "parts", stage.sdk.streamText(call(stage)).fullStream),
  },
  {
    title: "is aborted",
    run: (stage) => logOutcome(stage, "call", () => stage.sdk.generateText(abortingCall(stage))),
  },
  {
    title: "has an agent generate",
    run: (stage) => {
      const agent = agentOf(stage);
      return logOutcome(stage, "call", () => agent.generate(withGetters("call", { prompt: "a room" })));
    },
  },
  {
    title: "has an agent stream",
    run: async (stage) => {
      const { fullStream } = await agentOf(stage).stream(withGetters("call", { prompt: "a room" }));
      await logStream(stage, "parts", fullStream);
    },
  },
];
