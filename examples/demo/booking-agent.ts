// The tools of the booking agent. This is plain application code without telemetry, except for one span that `bookRoom`
// opens.
import { setTimeout as wait } from "node:timers/promises";

import { trace } from "@opentelemetry/api";
import { z } from "zod";

import type { LanguageModel, Major } from "./majors.ts";

export const bookingInstructions =
  "You book hotel rooms. Search rooms, then check weather and visa at once, ask the local guide, book a room, " +
  "and close with two sentences.";

/** @param guideModel the model of the sub-agent; its provider is not the booking agent's */
export function createBookingTools(major: Major, guideModel: LanguageModel) {
  const { tool } = major.sdk;
  return {
    searchRooms: tool({
      description: "Search free hotel rooms; reports progress while it searches.",
      inputSchema: z.object({ city: z.string(), from: z.string(), nights: z.number(), guests: z.number() }),
      async *execute({ city }) {
        for (const searched of [1, 2, 3]) {
          await wait(45);
          yield { searched, rooms: [] as string[] };
        }
        const prefix = city.slice(0, 3).toLowerCase();
        yield { searched: 3, rooms: [`${prefix}-1`, `${prefix}-2`] };
      },
    }),
    checkWeather: tool({
      description: "Check the weather at the destination.",
      inputSchema: z.object({ city: z.string(), from: z.string() }),
      execute: async () => {
        await wait(80);
        return { temperatureCelsius: 16, rainDays: 2 };
      },
    }),
    checkVisa: tool({
      description: "Check whether a visa is needed.",
      inputSchema: z.object({ destination: z.string(), nationality: z.string() }),
      execute: async () => {
        await wait(120);
        return { visaNeeded: false };
      },
    }),
    askLocalGuide: tool({
      description: "Ask a guide who lives in the city.",
      inputSchema: z.object({ city: z.string(), question: z.string() }),
      execute: async ({ question }, { abortSignal }) =>
        askLocalGuide(major, guideModel, question, abortSignal),
    }),
    bookRoom: tool({
      description: "Book a room.",
      inputSchema: z.object({ roomId: z.string(), from: z.string(), nights: z.number() }),
      execute: async ({ roomId }) => storeBooking(roomId),
    }),
  };
}

async function askLocalGuide(
  major: Major,
  model: LanguageModel,
  question: string,
  abortSignal: AbortSignal | undefined,
): Promise<string> {
  const { generateText, stepCountIs, tool } = major.sdk;
  const { text } = await generateText({
    model,
    system: "You are a local guide. Look sights up before you answer in two sentences.",
    prompt: question,
    stopWhen: stepCountIs(3),
    tools: {
      findSights: tool({
        description: "Find sights near the hotel.",
        inputSchema: z.object({ city: z.string(), withinMinutes: z.number() }),
        execute: async () => {
          await wait(30);
          return ["castle gardens", "river quay"];
        },
      }),
    },
    ...(abortSignal && { abortSignal }),
    ...major.turnSettings("local-guide", "pro"),
  });
  return text;
}

/** Opens a span of the application, which is a child of the running tool's span. */
async function storeBooking(roomId: string): Promise<{ bookingId: string }> {
  return trace.getTracer("booking-app").startActiveSpan("insert booking", async (span) => {
    await wait(25);
    span.end();
    return { bookingId: `booking-${roomId}` };
  });
}
