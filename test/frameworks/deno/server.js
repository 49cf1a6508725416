import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";
import { answer } from "./agent.js";

registerTelemetry(createAISDKTelemetry());

const port = Number(Deno.env.get("PORT") ?? 3000);
const onListen = (address) => console.log(`http://localhost:${address.port}`);
Deno.serve({ port, onListen }, async (request) => {
  const { prompt } = await request.json();
  return answer(prompt, request.signal).toTextStreamResponse();
});
