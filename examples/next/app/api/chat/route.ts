/**
 * A streaming route: the response goes out at once, its spans when the stream has ended, kept alive by `after`.
 */
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { flushAfter } from "ai-spans/serverless";
import { after } from "next/server";

const { streamText } = wrapAISDK(ai);

export async function POST(request: Request): Promise<Response> {
  const { prompt }: { prompt: string } = await request.json();
  return flushAfter(() => answer(prompt), { waitUntil: after });
}

function answer(prompt: string): Response {
  // OPENAI_BASE_URL and OPENAI_HEADERS are for a server that stands in for the provider.
  const openai = createOpenAI({
    baseURL: process.env.OPENAI_BASE_URL,
    headers: JSON.parse(process.env.OPENAI_HEADERS ?? "{}"),
  });
  const model = openai("gpt-5.4-mini");
  return streamText({ model, prompt, telemetry: { functionId: "booking-agent" } }).toTextStreamResponse();
}
