/**
 * The agent that the services run: one model call that calls a tool, the tool, and one model call that answers.
 */
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { v7 } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";

const { generateText } = wrapAISDK(ai);

/** @param execute the work of the tool, for example a request to another service */
export async function runAgent(name: string, execute: () => unknown = () => "room 7"): Promise<string> {
  const { model } = scriptedModel(v7, [
    { parts: [{ toolCall: { id: "call", name: "search" } }], finish: "tool-calls" },
    { parts: [{ text: "booked" }] },
  ]);
  const { text } = await generateText({
    // The mock model has the specification of its major.
    model: model as ai.LanguageModel,
    prompt: "book a room",
    tools: {
      search: ai.tool({ inputSchema: ai.jsonSchema({ type: "object" }), execute: async () => execute() }),
    },
    stopWhen: ai.isStepCount(2),
    telemetry: { functionId: name },
  });
  return text;
}
