/**
 * Programs with agents: what `prepareCall` gets and may change, the tools of an agent's results, and when its callbacks
 * run.
 */
import { agentClassOf, type Agent } from "../../support/agents.ts";
import type { CallParameters, StreamResult } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, logOutcome, logStream } from "../watch.ts";
import { loopOf } from "./results.ts";

const METHODS = ["generate", "stream"] as const;
type Method = (typeof METHODS)[number];

/** Creates an agent, and names its settings `the settings`. */
function agentOf(stage: WatchedStage, { prompt: _prompt, ...settings }: CallParameters): Agent {
  const agent = new (agentClassOf(stage.sdk))(settings);
  stage.name("the settings", Reflect.get(agent, "settings"));
  return agent;
}

async function ask(
  stage: WatchedStage,
  agent: Agent,
  method: Method,
  ofCall: CallParameters = {},
): Promise<void> {
  const parameters = { prompt: "a room", ...ofCall };
  const result = await logOutcome(stage, method, async () => agent[method](parameters));
  if (method === "stream") await logStream(stage, "parts", (result as StreamResult).fullStream);
}

type Event = Record<string, unknown>;

const SETTINGS: Readonly<Record<string, (stage: WatchedStage) => CallParameters>> = {
  "with tools": (stage) => loopOf(stage),
  "with callbacks": (stage) => loopOf(stage, callbacks(stage)),
  "with approvals": (stage) => loopOf(stage, { toolApproval: { searchRooms: () => "approved" } }),
  "with a telemetry integration": (stage) =>
    loopOf(stage, { experimental_telemetry: { integrations: [{ onStart: () => {} }] } }),
};

const prepared = METHODS.flatMap((method): WatchedProgram[] => [
  ...Object.entries(SETTINGS).map(([what, settings]): WatchedProgram => ({
    title: `reads what prepareCall gets of an agent ${what} in ${method}`,
    majors: ["v6", "v7"],
    run: (stage) => {
      const prepareCall = function (this: unknown, event: Event, ...rest: unknown[]): Event {
        stage.log("prepareCall", this, event, Object.keys(event), rest);
        return event;
      };
      const agent = agentOf(stage, {
        ...settings(stage),
        prepareCall: stage.name("prepareCall", prepareCall),
      });
      return ask(stage, agent, method, callbacks(stage, ["onStepFinish"]));
    },
  })),
  {
    title: `changes in prepareCall the call of ${method} and gives nothing`,
    majors: ["v6", "v7"],
    run: (stage) => {
      const { model } = loopOf(stage);
      const prepareCall = (event: Event): void => {
        Object.assign(event, { temperature: 0.5, prompt: "a hotel", model, toolChoice: "none" });
      };
      return ask(stage, agentOf(stage, loopOf(stage, { prepareCall })), method);
    },
  },
]);

const others: readonly WatchedProgram[] = [
  {
    title: "reads the tools of what an agent streams",
    run: async (stage) => {
      const result = await agentOf(stage, loopOf(stage)).stream({ prompt: "a room" });
      stage.log("tools", Reflect.get(result, "tools"));
      await logStream(stage, "parts", result.fullStream);
    },
  },
  {
    title: "passes onStepFinish to an agent's call, and none to the agent",
    // The place of the callback among the parts depends on microtasks.
    paces: ["in turns"],
    run: (stage) => ask(stage, agentOf(stage, loopOf(stage)), "stream", callbacks(stage, ["onStepFinish"])),
  },
];

export const agents: readonly WatchedProgram[] = [...prepared, ...others];
