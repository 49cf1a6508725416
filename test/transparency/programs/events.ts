/**
 * Programs that read events in callbacks, policies and telemetry integrations of the caller. The events have the
 * caller's tools, and all observers of one event get the same object.
 */
import { callsTool, says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall, logOutcome, logStream } from "../watch.ts";
import { loopOf } from "./results.ts";

type Event = Record<string, unknown>;

const EVENTS = ["onStart", "onStepStart"];

/**
 * A telemetry integration of the program. It records each event, and whether a callback has already had the same
 * object.
 */
function integration(stage: WatchedStage, earlierEvents: ReadonlySet<unknown> = new Set()): object {
  const names = [
    ...EVENTS,
    "onToolExecutionStart",
    "onToolCallStart",
    "onStepFinish",
    "onStepEnd",
    "onFinish",
  ];
  return Object.fromEntries(
    names.map((name) => [
      name,
      (event: unknown) =>
        stage.log(`integration's ${name}`, "was passed before", earlierEvents.has(event), event),
    ]),
  );
}

/**
 * A loop with an `onStepFinish`. Without this callback, ai-spans adds one, and v6 then takes one more microtask
 * (docs/why/transparency.md).
 */
function observedLoop(stage: WatchedStage, parameters: CallParameters): CallParameters {
  return loopOf(stage, { onStepFinish: () => stage.log("onStepFinish"), ...parameters });
}

const integrations = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  {
    title: `has a loop of ${operation} in a telemetry integration`,
    majors: ["v6", "v7"],
    run: (stage) => {
      const experimental_telemetry = { integrations: integration(stage) };
      return logCall(stage, operation, observedLoop(stage, { experimental_telemetry }));
    },
  },
  {
    title: `writes to the events of ${operation} that its telemetry integration gets`,
    majors: ["v6", "v7"],
    run: (stage) => {
      const earlierEvents = new Set<unknown>();
      const note = (event: Event): void => {
        earlierEvents.add(Object.assign(event, { note: "for whoever is next" }));
      };
      const callbacks = Object.fromEntries(EVENTS.map((name) => [`experimental_${name}`, note]));
      const experimental_telemetry = { integrations: [integration(stage, earlierEvents)] };
      return logCall(stage, operation, observedLoop(stage, { ...callbacks, experimental_telemetry }));
    },
  },
]);

const agents = (["generate", "stream"] as const).map((method): WatchedProgram => ({
  title: `writes to the events of an agent that the callbacks of its ${method} get`,
  majors: ["v7"],
  run: async (stage) => {
    const earlierEvents = new Set<unknown>();
    const note = (event: Event): void => {
      earlierEvents.add(Object.assign(event, { note: "for whoever is next" }));
    };
    const log = (event: unknown): void =>
      stage.log("event", "was passed before", earlierEvents.has(event), event);
    const { prompt, ...settings } = loopOf(stage, { onStart: note, onStepStart: note });
    const agent = new (agentClassOf(stage.sdk))(settings);
    const parameters = { prompt, onStart: log, onStepStart: log };
    const result = await logOutcome(stage, method, async () => agent[method](parameters));
    if (method === "stream") await logStream(stage, "parts", Reflect.get(result as object, "fullStream"));
  },
}));

/** A loop with two tools, one of them active, and a call of a third tool that does not exist. */
function partlyActive(stage: WatchedStage, parameters: CallParameters): CallParameters {
  const inputSchema = stage.sdk.jsonSchema({ type: "object", properties: {} });
  const toolOf = (name: string): object => stage.name(name, { inputSchema, execute: async () => 2 });
  const tools = { searchRooms: toolOf("searchRooms"), bookRoom: toolOf("bookRoom") };
  const model = stage.model([
    callsTool("noSuchTool", "call-1"),
    callsTool("searchRooms", "call-2"),
    says("two"),
  ]);
  return stage.call(model, {
    tools,
    activeTools: ["searchRooms"],
    stopWhen: stage.major.stepCount(5),
    ...parameters,
  });
}

const active = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  ...["experimental_repairToolCall", "repairToolCall"].map((name): WatchedProgram => ({
    title: `reads the active tools of ${operation} in ${name}`,
    run: (stage) => {
      const repair = ({ tools, toolCall }: Event): unknown => {
        stage.log("repair", tools);
        return { ...(toolCall as object), toolName: "searchRooms" };
      };
      return logCall(stage, operation, partlyActive(stage, { [name]: repair }));
    },
  })),
  {
    title: `reads the active tools of ${operation} where it decides on approvals`,
    majors: ["v7"],
    run: (stage) => {
      const toolApproval = ({ tools }: Event): string => {
        stage.log("toolApproval", tools);
        return "approved";
      };
      return logCall(stage, operation, partlyActive(stage, { toolApproval }));
    },
  },
]);

export const events: readonly WatchedProgram[] = [...integrations, ...agents, ...active];
