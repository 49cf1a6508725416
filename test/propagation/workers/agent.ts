/**
 * The agent that the Workers under test run.
 */
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";

const { generateText } = wrapAISDK(ai);

const model: Exclude<ai.LanguageModel, string> = {
  specificationVersion: "v4",
  provider: "mock-provider",
  modelId: "mock-model",
  supportedUrls: {},
  doGenerate: async () => ({
    content: [{ type: "text", text: "booked" }],
    finishReason: { unified: "stop", raw: "stop" },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 1, text: 1, reasoning: undefined },
    },
    warnings: [],
  }),
  doStream: async () => Promise.reject(new Error("not asked for")),
};

export async function runAgent(name: string): Promise<string> {
  const { text } = await generateText({ model, prompt: "book", telemetry: { functionId: name } });
  return text;
}
