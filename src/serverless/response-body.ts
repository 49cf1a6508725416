/**
 * Replaces a response's body by a stream that observes how it is read: to its end, to a failure, or until its reader
 * leaves. The stream never reads ahead. It asks the body for a chunk only when its reader asks for one. Chunks and
 * errors are passed on unchanged.
 */
import { contain, contained } from "../foundation/containment.ts";

/**
 * The class is read when the module loads. If a program replaces it later, our streams still use the platform's class.
 */
const { ReadableStream: PlatformStream } = globalThis;

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Chunk = ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController;

export interface BodyObserver {
  /** Called when the reader asks for a chunk. */
  onRead(): void;
  /** Called when the reader has got its chunk. No chunk is read until the reader asks again. */
  onChunk(): void;
  /**
   * Called when the body has ended. The reader gets the end only when the returned promise has resolved. The promise
   * never rejects.
   */
  onEnd(): Promise<void> | undefined;
}

/** Returns a stream of the same kind as the body. Only a byte stream accepts a buffer of its reader (BYOB). */
export function observedStream(body: Body, observer: BodyObserver): ReadableStream<Uint8Array> {
  const source = new ObservedSource(body, observer);
  const pull = async (controller: Controller): Promise<void> => source.pull(controller);
  const cancel = async (reason: unknown): Promise<void> => source.cancel(reason);
  return isByteStream(body)
    ? new PlatformStream({ type: "bytes", pull, cancel }, { highWaterMark: 0 })
    : new PlatformStream({ pull, cancel }, { highWaterMark: 0 });
}

/**
 * Whether the body is a byte stream: only a byte stream has a BYOB reader. A reader that is released before it reads
 * does not change the stream.
 */
function isByteStream(body: Body): boolean {
  try {
    body.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

class ObservedSource {
  readonly #body: Body;
  readonly #observer: BodyObserver;
  /** One of these two readers is set at the first read. Until then, the body is not locked. */
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #byteReader: ReadableStreamBYOBReader | undefined;
  #ended: Promise<void> | undefined;
  #isCanceled = false;
  #isReading = false;
  /** Closes the reader's stream or makes it fail. Set when the body has ended or failed. */
  #notifyReader: (() => void) | undefined;

  constructor(body: Body, observer: BodyObserver) {
    this.#body = body;
    this.#observer = observer;
  }

  async pull(controller: Controller): Promise<void> {
    contain("response body", () => this.#observer.onRead());
    this.#isReading = true;
    await this.#moveChunk(controller);
    this.#isReading = false;
    if (this.#notifyReader) await this.#end(this.#notifyReader);
  }

  async #moveChunk(controller: Controller): Promise<void> {
    const request = "byobRequest" in controller ? controller.byobRequest : undefined;
    let chunk: Chunk;
    try {
      chunk = await this.#read(controller, request?.view);
    } catch (error) {
      return this.#end(() => controller.error(error));
    }
    if (chunk.done) await this.#end(() => (request ? controller.close() : close(controller)));
    if (this.#isCanceled) return;
    // A BYOB reader must get its buffer back, also at the end, when the buffer is empty.
    if (request && chunk.value) request.respondWithNewView(chunk.value);
    else if (!chunk.done) controller.enqueue(chunk.value);
    if (!chunk.done) contain("response body", () => this.#observer.onChunk());
  }

  async cancel(reason: unknown): Promise<void> {
    this.#isCanceled = true;
    try {
      await (this.#reader ?? this.#byteReader ?? this.#body).cancel(reason);
    } finally {
      await this.#end(() => {});
    }
  }

  /** @param view the buffer of a BYOB reader, into which the body writes */
  #read(controller: Controller, view: ArrayBufferView | null | undefined): Promise<Chunk> {
    if (!view) {
      this.#byteReader?.releaseLock();
      this.#byteReader = undefined;
      this.#reader ??= this.#observeClosed(this.#body.getReader(), controller);
      return this.#reader.read();
    }
    this.#reader?.releaseLock();
    this.#reader = undefined;
    this.#byteReader ??= this.#observeClosed(this.#body.getReader({ mode: "byob" }), controller);
    // The cast holds: `byobRequest.view` is always a `Uint8Array`.
    return this.#byteReader.read(view as Uint8Array<ArrayBuffer>);
  }

  /**
   * Observes the end of the body outside of reads. A body can end or fail while nobody reads it. Then the `closed`
   * promise of the program's reader must settle, as it does without us.
   */
  #observeClosed<Reader extends ReadableStreamDefaultReader | ReadableStreamBYOBReader>(
    reader: Reader,
    controller: Controller,
  ): Reader {
    // The `closed` promise of a reader that we have released rejects too. This must not end the stream.
    const isInUse = (): boolean => reader === (this.#reader ?? this.#byteReader);
    reader.closed.then(
      contained("response body", () => {
        if (isInUse()) this.#endWhenRead(() => close(controller));
      }),
      contained("response body", (error: unknown) => {
        if (isInUse()) this.#endWhenRead(() => controller.error(error));
      }),
    );
    return reader;
  }

  /** If a read is running, the stream ends after it, because the reader must first get the chunk. */
  #endWhenRead(notifyReader: () => void): void {
    this.#notifyReader = notifyReader;
    if (!this.#isReading) void this.#end(notifyReader);
  }

  /** @param notifyReader closes the reader's stream or makes it fail. It is not called if the reader has canceled. */
  #end(notifyReader: () => void): Promise<void> {
    return (this.#ended ??= this.#endOnce(notifyReader));
  }

  async #endOnce(notifyReader: () => void): Promise<void> {
    await contain("response body", () => this.#observer.onEnd());
    if (!this.#isCanceled) contain("response body", notifyReader);
  }
}

/** Closes the stream. If a BYOB reader waits, its buffer is returned to it. */
function close(controller: Controller): void {
  controller.close();
  if ("byobRequest" in controller) controller.byobRequest?.respond(0);
}
