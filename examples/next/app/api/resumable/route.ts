/**
 * Streams an answer that outlives its request, so that a page can resume it after a reload. The signal of the request
 * does not stop the answer. Only a DELETE of the stream stops it.
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
      // If the user has sent another question since, its answer replaces this one.
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
