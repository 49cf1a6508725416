/**
 * A stream that takes the place of a response's body and observes how it is read: to its end, to its failure, or until
 * its reader leaves. It reads nothing ahead: it asks the body for a chunk when its own reader asks for one. Chunks and
 * errors are passed on as they are.
 */
import { contain, contained } from "../foundation/containment.ts";

/** Taken when the module loads, so a program that replaces the class later does not meet our streams. */
const { ReadableStream: PlatformStream } = globalThis;

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Chunk = ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
type Controller = ReadableStreamDefaultController<Uint8Array> | ReadableByteStreamController;

export interface BodyObserver {
  /** The reader waits for a chunk. */
  onRead(): void;
  /** The reader has its chunk. Until it asks again, nothing moves. */
  onChunk(): void;
  /** The body has ended. Its reader learns of the end when the promise resolves, which never rejects. */
  onEnd(): Promise<void> | undefined;
}

/** A byte stream where the body is one, so a reader can bring its own buffer. */
export function observedStream(body: Body, observer: BodyObserver): ReadableStream<Uint8Array> {
  const source = new ObservedSource(body, observer);
  const pull = async (controller: Controller): Promise<void> => source.pull(controller);
  const cancel = async (reason: unknown): Promise<void> => source.cancel(reason);
  return isByteStream(body)
    ? new PlatformStream({ type: "bytes", pull, cancel }, { highWaterMark: 0 })
    : new PlatformStream({ pull, cancel }, { highWaterMark: 0 });
}

/** Only a byte stream gives out such a reader. A reader that has read nothing leaves no trace. */
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
  /** One of the two, from the first read on. Until then whoever has the body itself can read it. */
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #byteReader: ReadableStreamBYOBReader | undefined;
  #ended: Promise<void> | undefined;
  #isCanceled = false;
  #isReading = false;
  /** The body has ended: what its reader has to learn. */
  #tellReader: (() => void) | undefined;

  constructor(body: Body, observer: BodyObserver) {
    this.#body = body;
    this.#observer = observer;
  }

  async pull(controller: Controller): Promise<void> {
    contain("response body", () => this.#observer.onRead());
    this.#isReading = true;
    await this.#moveChunk(controller);
    this.#isReading = false;
    if (this.#tellReader) await this.#end(this.#tellReader);
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
    // The buffer that the reader brought goes back to it, also at the end, when it is empty.
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

  /** @param view the buffer that the reader brought; a program's byte stream may write into it */
  #read(controller: Controller, view: ArrayBufferView | null | undefined): Promise<Chunk> {
    if (!view) {
      this.#byteReader?.releaseLock();
      this.#byteReader = undefined;
      this.#reader ??= this.#taken(this.#body.getReader(), controller);
      return this.#reader.read();
    }
    this.#reader?.releaseLock();
    this.#reader = undefined;
    this.#byteReader ??= this.#taken(this.#body.getReader({ mode: "byob" }), controller);
    // The views of a byte stream's requests are of this class.
    return this.#byteReader.read(view as Uint8Array<ArrayBuffer>);
  }

  /** A body can end or fail while nobody reads. The `closed` promise of its reader tells so, as that of a bare body does. */
  #taken<Reader extends ReadableStreamDefaultReader | ReadableStreamBYOBReader>(
    reader: Reader,
    controller: Controller,
  ): Reader {
    // The promise of a reader that was released for the other one rejects as well.
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

  /** A chunk that was read before the end has to be handed on before it. */
  #endWhenRead(tellReader: () => void): void {
    this.#tellReader = tellReader;
    if (!this.#isReading) void this.#end(tellReader);
  }

  /** @param tellReader how the reader learns of it; it knows when it has canceled */
  #end(tellReader: () => void): Promise<void> {
    return (this.#ended ??= this.#endOnce(tellReader));
  }

  async #endOnce(tellReader: () => void): Promise<void> {
    await contain("response body", () => this.#observer.onEnd());
    if (!this.#isCanceled) contain("response body", tellReader);
  }
}

/** A reader that waits with a buffer of its own gets it back. */
function close(controller: Controller): void {
  controller.close();
  if ("byobRequest" in controller) controller.byobRequest?.respond(0);
}
