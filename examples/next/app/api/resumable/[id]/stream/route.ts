/**
 * GET returns the answer in progress, from its beginning. `useChat` requests it when the page loads. DELETE stops that
 * answer.
 */
import { UI_MESSAGE_STREAM_HEADERS } from "ai";
import { chatOf, resumableStreams } from "../../../../../chats";

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { active } = chatOf((await params).id);
  const stream = active && (await resumableStreams.resumeExistingStream(active.streamId));
  if (!stream) return new Response(null, { status: 204 });
  return new Response(stream.pipeThrough(new TextEncoderStream()), { headers: UI_MESSAGE_STREAM_HEADERS });
}

export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  chatOf((await params).id).active?.stop();
  return new Response(null, { status: 204 });
}
