import { answer } from "../../lib/server/agent.js";

export async function POST({ request }) {
  const { prompt } = await request.json();
  return answer(prompt, request.signal).toTextStreamResponse();
}
