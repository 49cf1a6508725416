/**
 * Streams an answer to `useChat`. The stop button closes the request, and the signal of the request then aborts the
 * run. `after` keeps the function alive until the spans are sent.
 */
import type { UIMessage } from "ai";
import { flushAfter } from "ai-spans/serverless";
import { after } from "next/server";
import { streamAnswer } from "../../../booking-agent";
import { tracerProviders } from "../../../traced-ai";

export async function POST(request: Request): Promise<Response> {
  const { messages }: { messages: UIMessage[] } = await request.json();
  const respond = async (): Promise<Response> => {
    const answer = await streamAnswer(messages, request.signal);
    return answer.toUIMessageStreamResponse();
  };
  return flushAfter(respond, { waitUntil: after, provider: tracerProviders });
}
