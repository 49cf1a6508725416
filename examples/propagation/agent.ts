// The agents of the examples. Their models are scripted, so they need no provider. One agent calls its tool, the other
// only answers.
import * as ai from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { wrapAISDK } from "ai-spans";

const { generateText } = wrapAISDK(ai);

// Turns off the SDK's warnings about the scripted model.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const usage = {
  inputTokens: { total: 12, noCache: 12, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
};
const answer = {
  content: [{ type: "text" as const, text: "Room 7 is yours." }],
  finishReason: { unified: "stop" as const, raw: "stop" },
  usage,
  warnings: [],
};
const toolCall = {
  ...answer,
  content: [{ type: "tool-call" as const, toolCallId: "call-1", toolName: "askHotel", input: "{}" }],
  finishReason: { unified: "tool-calls" as const, raw: "tool_calls" },
};

/** An agent that answers at once. */
export async function runHotelAgent(): Promise<string> {
  const model = new MockLanguageModelV4({ modelId: "model", doGenerate: [answer] });
  const { text } = await generateText({
    model,
    prompt: "A room, please.",
    telemetry: { functionId: "hotel" },
  });
  return text;
}

/** An agent whose tool calls `askHotel`. */
export async function runTravelAgent(askHotel: () => Promise<string>): Promise<string> {
  const model = new MockLanguageModelV4({ modelId: "model", doGenerate: [toolCall, answer] });
  const { text } = await generateText({
    model,
    prompt: "A journey, please.",
    telemetry: { functionId: "travel" },
    tools: { askHotel: ai.tool({ inputSchema: ai.jsonSchema({ type: "object" }), execute: askHotel }) },
    stopWhen: ai.isStepCount(2),
  });
  return text;
}
