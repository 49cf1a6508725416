import { openai } from "@ai-sdk/openai";
import { stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const searchRooms = tool({
  description: "Finds free rooms in a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => [{ city, room: "12", price: 90 }],
});

export function answer(prompt, abortSignal) {
  return streamText({
    model: openai("gpt-5.4-mini"),
    prompt,
    tools: { searchRooms },
    stopWhen: stepCountIs(5),
    abortSignal,
    experimental_telemetry: { functionId: "booking-agent" },
  });
}
