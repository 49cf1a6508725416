/**
 * Streams an answer that outlives its request: a page that is loaded again resumes it. So the request's signal stops
 * nothing here; a DELETE of the stream does.
 */
import { createUIMessageStreamResponse, generateId, toUIMessageStream, type UIMessage } from "ai";
import { flushAfter } from "ai-spans/serverless";
import { after } from "next/server";
import { streamAnswer } from "../../../booking-agent";
import { chatOf, resumableStreams } from "../../../chats";
import { tracerProviders } from "../../../traced-ai";

export async function POST(request: Request): Promise<Response> {
  const { id, messages }: { id: string; messages: UIMessage[] } = await request.json();
  return flushAfter(() => respond(id, messages), { waitUntil: after, provider: tracerProviders });
}

async function respond(id: string, messages: UIMessage[]): Promise<Response> {
  const chat = chatOf(id);
  const controller = new AbortController();
  const streamId = generateId();
  chat.messages = messages;
  chat.active = { streamId, stop: () => controller.abort() };
  const answer = await streamAnswer(messages, controller.signal);
  const stream = toUIMessageStream({
    stream: answer.stream,
    originalMessages: messages,
    generateMessageId: generateId,
    onEnd: (ended) => {
      // A question that was sent meanwhile has an answer of its own.
      if (chat.active?.streamId !== streamId) return;
      chat.messages = ended.messages;
      delete chat.active;
    },
  });
  return createUIMessageStreamResponse({
    stream,
    consumeSseStream: async (copy) => {
      await resumableStreams.createNewResumableStream(streamId, () => copy.stream);
    },
  });
}
