/**
 * A stream that replaces a response's body and observes how it is read: to its end, to a failure, or until its reader
 * leaves. It never reads ahead: it asks the body for a chunk when its reader asks for one. Chunks and errors are
 * passed on unchanged.
 */
import { contain, contained } from "../foundation/containment.ts";

/** Taken when the module loads, so a class that a program installs later is not used for our streams. */
const { ReadableStream: PlatformStream } = globalThis;

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Chunk = ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController;

export interface BodyObserver {
  /** The reader has asked for a chunk. */
  onRead(): void;
  /** The reader has got its chunk. Nothing is read until it asks again. */
  onChunk(): void;
  /** The body has ended. Its reader is notified when the returned promise resolves. The promise never rejects. */
  onEnd(): Promise<void> | undefined;
}

/** Returns a byte stream where the body is one, so a reader can pass a buffer. */
export function observedStream(body: Body, observer: BodyObserver): ReadableStream<Uint8Array> {
  const source = new ObservedSource(body, observer);
  const pull = async (controller: Controller): Promise<void> => source.pull(controller);
  const cancel = async (reason: unknown): Promise<void> => source.cancel(reason);
  return isByteStream(body)
    ? new PlatformStream({ type: "bytes", pull, cancel }, { highWaterMark: 0 })
    : new PlatformStream({ pull, cancel }, { highWaterMark: 0 });
}

/** Only a byte stream has a BYOB reader. A reader that has read nothing does not change the stream. */
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
  /** One of the two is set from the first read on. Until then the body is not locked. */
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #byteReader: ReadableStreamBYOBReader | undefined;
  #ended: Promise<void> | undefined;
  #isCanceled = false;
  #isReading = false;
  /** Set when the body has ended: closes the reader's stream, or fails it. */
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
    // The reader's buffer is returned to it, even at the end, when it is empty.
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

  /** @param view the reader's buffer, into which a byte stream of the program may write */
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
    // The request of a byte stream always has a view of this class.
    return this.#byteReader.read(view as Uint8Array<ArrayBuffer>);
  }

  /** A body can end or fail while nobody reads. The reader's `closed` promise then settles, as without us. */
  #observeClosed<Reader extends ReadableStreamDefaultReader | ReadableStreamBYOBReader>(
    reader: Reader,
    controller: Controller,
  ): Reader {
    // The `closed` promise of a released reader rejects, too, and must not end the stream.
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

  /** The reader must get a chunk that was read before the end first. */
  #endWhenRead(notifyReader: () => void): void {
    this.#notifyReader = notifyReader;
    if (!this.#isReading) void this.#end(notifyReader);
  }

  /** @param notifyReader closes or fails the reader's stream. Not called after the reader has canceled */
  #end(notifyReader: () => void): Promise<void> {
    return (this.#ended ??= this.#endOnce(notifyReader));
  }

  async #endOnce(notifyReader: () => void): Promise<void> {
    await contain("response body", () => this.#observer.onEnd());
    if (!this.#isCanceled) contain("response body", notifyReader);
  }
}

/** Returns the buffer of a reader that waits with one. */
function close(controller: Controller): void {
  controller.close();
  if ("byobRequest" in controller) controller.byobRequest?.respond(0);
}
