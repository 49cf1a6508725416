/**
 * The agent of every route: a model and one tool.
 */
import { createOpenAI } from "@ai-sdk/openai";
import { convertToModelMessages, isStepCount, jsonSchema, tool, type UIMessage } from "ai";
import { streamText } from "./traced-ai";

const searchRooms = tool({
  description: "Finds free rooms in a city.",
  inputSchema: jsonSchema<{ readonly city: string }>({
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  }),
  execute: async ({ city }) => [{ city, room: "12", price: 90 }],
});

export async function streamAnswer(messages: UIMessage[], abortSignal: AbortSignal) {
  // OPENAI_BASE_URL and OPENAI_HEADERS select a server that replaces the provider.
  const openai = createOpenAI({
    baseURL: process.env.OPENAI_BASE_URL,
    headers: JSON.parse(process.env.OPENAI_HEADERS ?? "{}"),
  });
  const modelMessages = await convertToModelMessages(messages);
  return streamText({
    model: openai("gpt-5.4-mini"),
    messages: modelMessages,
    tools: { searchRooms },
    stopWhen: isStepCount(5),
    abortSignal,
    telemetry: { functionId: "booking-agent" },
  });
}
