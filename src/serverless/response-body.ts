/**
 * Watches the body of a Response being read, to its end, its failure or the moment its reader leaves. Reads nothing
 * ahead: a chunk is asked for when the reader asks for one.
 */

export interface BodyWatcher {
  /** The reader waits for a chunk. */
  onRead(): void;
  /** It has one: until it asks again, nothing moves. */
  onChunk(): void;
  /** The last read; the reader learns of it when the promise resolves. */
  onEnd(): Promise<void> | undefined;
}

/** Whether there is a body to watch, and nobody has begun to read it. */
export function hasUnreadBody(result: unknown): result is Response {
  return typeof Response !== "undefined" && result instanceof Response && !!result.body && !result.bodyUsed;
}

/** The same response with a body that is watched. */
export function watchBody(response: Response, watcher: BodyWatcher): Response {
  const reader = response.body?.getReader();
  if (!reader) return response;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        watcher.onRead();
        try {
          const { done, value } = await reader.read();
          if (!done) {
            controller.enqueue(value);
            watcher.onChunk();
            return;
          }
        } catch (error) {
          await watcher.onEnd();
          throw error;
        }
        await watcher.onEnd();
        controller.close();
      },
      async cancel(reason) {
        try {
          await reader.cancel(reason);
        } finally {
          await watcher.onEnd();
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
