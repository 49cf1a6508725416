/**
 * Gives a model's stream eyes: its own `pipeThrough` moves parts by hand for as long as the observer wants to see them,
 * and lets the platform carry the rest. Adds no layer, queue or read-ahead. An observer that throws is reported and the
 * pipe goes on.
 *
 * A part moved by hand comes a tick later than one the platform moves (docs/discoveries/streams-and-ticks.md), so as few
 * are moved so as can be.
 */
import { contain } from "../guard.ts";

/** How a pipe ended: its source was read to the end, its source failed, or its reader went away. */
export type PipeEnd = "read" | "failed" | "left";

export interface PipeObserver {
  /** Written by the pipe: whether it waits for its reader rather than for its source. */
  backpressured: boolean;
  /** @returns whether to see the next part too */
  onPart(part: unknown): boolean;
  /** @param error what the source failed with, when it failed */
  onEnd(end: PipeEnd, error?: unknown): void;
}

/**
 * From now on the stream's `pipeThrough` reports to the observer. `createObserver` is called when a pipe begins.
 *
 * @returns false when the stream cannot be given a method of its own (it is frozen)
 */
export function observePipe(stream: ReadableStream<unknown>, createObserver: () => PipeObserver): boolean {
  const pipeThrough = stream.pipeThrough;
  return Reflect.defineProperty(stream, "pipeThrough", {
    configurable: true,
    writable: true,
    value: function <T>(
      this: ReadableStream<unknown>,
      transform: ReadableWritablePair<T, unknown>,
      options?: StreamPipeOptions,
    ): ReadableStream<T> {
      // Options, a foreign receiver or a stream in use: the platform knows best.
      if (options !== undefined || this !== stream || stream.locked || transform?.writable?.locked !== false) {
        return pipeThrough.call(this, transform, options) as ReadableStream<T>;
      }
      new ObservedPipe(stream, transform.writable, createObserver()).step();
      return transform.readable;
    },
  });
}

/** The platform's `pipeTo` (Streams Standard, "ReadableStreamPipeTo") without options, and with an observer. */
class ObservedPipe {
  readonly #stream: ReadableStream<unknown>;
  readonly #writable: WritableStream<unknown>;
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #writer: WritableStreamDefaultWriter<unknown>;
  readonly #observer: PipeObserver;
  #lastWrite: Promise<void> | undefined;
  /** By hand no more: ended, or handed over. */
  #done = false;

  constructor(stream: ReadableStream<unknown>, writable: WritableStream<unknown>, observer: PipeObserver) {
    this.#stream = stream;
    this.#writable = writable;
    this.#reader = stream.getReader();
    this.#writer = writable.getWriter();
    this.#observer = observer;
    this.#writer.closed.then(undefined, this.#onWriterError);
  }

  readonly step = (): void => {
    if (this.#done) return;
    const desiredSize = this.#writer.desiredSize;
    this.#observer.backpressured = desiredSize === null || desiredSize <= 0;
    if (this.#observer.backpressured) this.#writer.ready.then(this.step, ignore);
    else this.#reader.read().then(this.#onRead, this.#onReadError);
  };

  readonly #onRead = (result: ReadableStreamReadResult<unknown>): void => {
    if (this.#done) return;
    if (result.done) {
      this.#end("read");
      this.#writer.close().then(undefined, ignore);
      return;
    }
    const wantsMore = contain("stream observer", () => this.#observer.onPart(result.value)) ?? false;
    this.#lastWrite = this.#writer.write(result.value);
    // The platform would lose a part that is still being written when the source fails.
    this.#lastWrite.then(wantsMore ? undefined : this.#handOver, ignore);
    if (wantsMore) this.step();
  };

  readonly #handOver = (): void => {
    if (this.#done) return;
    this.#done = true;
    this.#observer.backpressured = false;
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    this.#stream.pipeTo(this.#writable).then(
      () => this.#tell("read"),
      () => {
        // The side that failed is known by the state the source is left in: canceled or errored.
        this.#stream.getReader().closed.then(
          () => this.#tell("left"),
          (error: unknown) => this.#tell("failed", error),
        );
      },
    );
  };

  readonly #onReadError = (error: unknown): void => {
    if (this.#done) return;
    this.#end("failed", error);
    // What was read is still to be delivered before the error.
    const abort = (): void => void this.#writer.abort(error).then(undefined, ignore);
    if (this.#lastWrite === undefined) abort();
    else this.#lastWrite.then(abort, abort);
  };

  readonly #onWriterError = (error: unknown): void => {
    if (this.#done) return;
    this.#end("left");
    this.#reader.cancel(error).then(undefined, ignore);
  };

  #end(end: PipeEnd, error?: unknown): void {
    this.#done = true;
    this.#tell(end, error);
  }

  #tell(end: PipeEnd, error?: unknown): void {
    contain("stream observer", () => this.#observer.onEnd(end, error));
  }
}

/** The other end of the pipe hears of it too; here it would only be an unhandled rejection. */
function ignore(): void {}
