/**
 * Programs that freeze their objects after they have passed them to a call.
 */
import { callsTool, says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall, logOutcome, logStream } from "../watch.ts";

interface Parts {
  readonly tools: Readonly<Record<string, object>>;
  readonly model: object;
  readonly toolApproval: object;
  readonly parameters: CallParameters;
}

/** Only v7 has approvals for each tool. */
const APPROVALS = "its approvals";

const OWN: Readonly<Record<string, (parts: Parts) => object>> = {
  "its set of tools": ({ tools }) => tools,
  "a tool": ({ tools }) => tools["searchRooms"]!,
  "its model": ({ model }) => model,
  [APPROVALS]: ({ toolApproval }) => toolApproval,
};

function partsOf(stage: WatchedStage, onExecute: () => void): Parts {
  const searchRooms = {
    inputSchema: stage.sdk.jsonSchema({ type: "object", properties: {} }),
    onInputAvailable: () => stage.log("tool", "input"),
    execute: async () => {
      onExecute();
      return 2;
    },
  };
  const tools = stage.name("the tools", { searchRooms });
  const model = stage.model([
    callsTool("searchRooms", "call-1"),
    callsTool("searchRooms", "call-2"),
    says("two"),
  ]);
  const toolApproval = { searchRooms: () => "approved" };
  const stopWhen = stage.major.stepCount(5);
  const parameters = stage.call(model, { tools, stopWhen, toolApproval });
  return { tools, model, toolApproval, parameters };
}

const calls = OPERATIONS.flatMap((operation) =>
  Object.entries(OWN).flatMap(([what, of]): WatchedProgram[] => [
    {
      title: `freezes ${what} right after the call of ${operation}`,
      majors: what === APPROVALS ? ["v7"] : ["v5", "v6", "v7"],
      run: async (stage) => {
        const parts = partsOf(stage, () => {});
        const running = logCall(stage, operation, parts.parameters);
        Object.freeze(of(parts));
        await running;
      },
    },
    {
      title: `freezes ${what} inside a tool of ${operation}`,
      majors: what === APPROVALS ? ["v7"] : ["v5", "v6", "v7"],
      run: async (stage) => {
        const parts = partsOf(stage, () => void Object.freeze(of(parts)));
        await logCall(stage, operation, parts.parameters);
      },
    },
  ]),
);

const agents = (["generate", "stream"] as const).map((method): WatchedProgram => ({
  title: `freezes an agent and its settings right after ${method}`,
  run: async (stage) => {
    const { tools, model } = partsOf(stage, () => {});
    const AgentClass = agentClassOf(stage.sdk);
    const settings = stage.call(model, { tools, stopWhen: stage.major.stepCount(5) });
    delete settings["prompt"];
    const agent = new AgentClass(settings);
    const running = logOutcome(stage, method, async () => agent[method]({ prompt: "a room" }));
    for (const own of [settings, agent, Reflect.get(agent, "settings") as object]) Object.freeze(own);
    const result = await running;
    if (method === "stream") await logStream(stage, "parts", Reflect.get(result as object, "fullStream"));
    await logOutcome(stage, "again", async () => agent.generate({ prompt: "a room" }));
  },
}));

export const frozen: readonly WatchedProgram[] = [...calls, ...agents];
