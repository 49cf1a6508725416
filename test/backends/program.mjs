// `node program.mjs`: a program with ai-spans that sends its spans to one backend. BACKEND names it in backends.mjs.
// It makes a run of two steps with a tool inside a span of the program, and leaves a stream. It prints the spans that
// the tracer provider had.
import { createOpenAI } from "@ai-sdk/openai";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { z } from "zod";
import { trace } from "@opentelemetry/api";
import { backends } from "./backends.mjs";
import { recorded, recorder } from "./recorder.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const { flush } = await backends[process.env.BACKEND]({ url: process.env.BACKEND_URL, recorder });

const model = createOpenAI({ baseURL: process.env.MODEL_URL, apiKey: "none" }).chat("gpt-4o-mini");
const { generateText, streamText, tool, stepCountIs } = wrapAISDK(ai);
const runtimeContext = { conversationId: "conversation-1", userId: "user-1", plan: "pro" };
const call = (number, functionId) => ({
  model,
  prompt: `call ${number}`,
  runtimeContext,
  telemetry: { functionId, includeRuntimeContext: { conversationId: true, userId: true, plan: true } },
});

await trace.getTracer("program").startActiveSpan("request", async (span) => {
  const searchRooms = tool({
    description: "finds rooms",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `two rooms in ${city}`,
  });
  await generateText({ ...call(1, "booking"), tools: { searchRooms }, stopWhen: stepCountIs(2) });
  span.end();
});

for await (const delta of streamText(call(33, "tour")).textStream) if (delta) break;
await recorder.allEnded();
// The model server ends the left answer when it gets another request. The process can exit by itself then, and a
// backend's package can still send. This call is not traced.
await ai.generateText({ model, prompt: "call 2" });
await flush();
console.log(JSON.stringify(recorded()));
