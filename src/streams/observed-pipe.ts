/**
 * Gives a model's stream eyes: its own `pipeThrough` moves every part by hand, as the platform's would, and shows each to
 * an observer. Adds no layer, queue or read-ahead, and never changes what the pipe carries. An observer that throws is
 * reported and the pipe goes on. Why by hand: docs/why/decisions/2026-11-21-who-moves-the-parts.md.
 */
import { contain, contained } from "../foundation/containment.ts";
import { overrideOnce } from "./override-once.ts";
import {
  abortWriter,
  cancelReader,
  closeWriter,
  overrideMethod,
  readFrom,
  releaseReader,
  releaseWriter,
  writerOf,
  writeTo,
} from "./platform-stream.ts";

/** How a pipe ended: its source was read to the end, its source failed, or its reader went away. */
export type PipeEnd = "read" | "failed" | "left";

export interface PipeObserver {
  /** Written by the pipe: whether it waits for its reader rather than for its source. */
  backpressured: boolean;
  onPart(part: unknown): void;
  /** @param error what the source failed with, when it failed */
  onEnd(end: PipeEnd, error?: unknown): void;
  /** The stream is piped in a way that is not observed. */
  onMissed?(): void;
  /** Another pipes the stream while it is piped, which the platform refuses. */
  onRefused?(): void;
}

/** @returns false when the stream cannot be observed */
export function observePipe(stream: object, observer: PipeObserver): boolean {
  const pipe = (
    lock: () => ReadableStreamDefaultReader<unknown>,
    pair?: ReadableWritablePair<unknown, unknown>,
  ): unknown => {
    const readable = pair?.readable;
    const writer = writerOf(pair?.writable);
    if (!writer) return undefined;
    new ObservedPipe(lock(), writer, observer).step();
    observeRefusal(stream, observer);
    return readable;
  };
  return overrideMethod(stream, "pipeThrough", pipe, () => observer.onMissed?.());
}

/** Who pipes a model's stream before the SDK does so as soon as the model has answered. The SDK follows in these ticks. */
const TICKS_OF_REFUSAL = 24;

function observeRefusal(stream: object, observer: PipeObserver): void {
  if (!observer.onRefused) return;
  const override = overrideOnce(stream, "pipeThrough", (platform, args) => {
    contain("stream", () => observer.onRefused?.());
    return Reflect.apply(platform, stream, args);
  });
  let ticks = TICKS_OF_REFUSAL;
  // One closure for all ticks: this runs for each streamed call.
  const wait = contained("stream", (): void => {
    if (ticks-- === 0) override?.restore();
    else void Promise.resolve().then(wait);
  });
  wait();
}

/** The platform's `pipeTo` (Streams Standard, "ReadableStreamPipeTo") without options, and with an observer. */
class ObservedPipe {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #writer: WritableStreamDefaultWriter<unknown>;
  readonly #observer: PipeObserver;
  #lastWrite: Promise<void> | undefined;
  /** The first part has come a tick later than by the platform's pipe, so the next one is asked for a tick later. */
  #isLate = false;
  #ended = false;

  constructor(
    reader: ReadableStreamDefaultReader<unknown>,
    writer: WritableStreamDefaultWriter<unknown>,
    observer: PipeObserver,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#observer = observer;
    writer.closed.then(undefined, this.#onWriterError);
  }

  readonly step = contained("stream", (): void => {
    if (this.#ended) return;
    const isFull = (this.#writer.desiredSize ?? 0) <= 0;
    contain("stream", () => (this.#observer.backpressured = isFull));
    if (isFull) this.#writer.ready.then(this.step, ignore);
    else if (this.#isLate) {
      this.#isLate = false;
      // A microtask: `queueMicrotask` may be one that a test turns by hand.
      void Promise.resolve().then(this.step);
    } else readFrom(this.#reader).then(this.#onRead, this.#onReadError);
  });

  readonly #onRead = contained("stream", (result: ReadableStreamReadResult<unknown>): void => {
    if (this.#ended) return;
    if (result.done) {
      this.#end("read");
      this.#releaseAfter(closeWriter(this.#writer));
      return;
    }
    this.#isLate = this.#lastWrite === undefined;
    contain("stream", () => this.#observer.onPart(result.value));
    this.#lastWrite = writeTo(this.#writer, result.value);
    this.#lastWrite.catch(ignore);
    this.step();
  });

  readonly #onReadError = contained("stream", (error: unknown): void => {
    if (this.#ended) return;
    this.#end("failed", error);
    // What was read is still to be delivered before the error.
    const abort = contained("stream", () => this.#releaseAfter(abortWriter(this.#writer, error)));
    if (this.#lastWrite === undefined) abort();
    else this.#lastWrite.then(abort, abort);
  });

  readonly #onWriterError = contained("stream", (error: unknown): void => {
    if (this.#ended) return;
    this.#end("left");
    this.#releaseAfter(cancelReader(this.#reader, error));
  });

  /** As the platform does: whoever has the streams finds them free once the pipe has ended. */
  #releaseAfter(work: Promise<void>): void {
    const release = contained("stream", () => {
      releaseReader(this.#reader);
      releaseWriter(this.#writer);
    });
    work.then(release, release);
  }

  #end(end: PipeEnd, error?: unknown): void {
    this.#ended = true;
    contain("stream", () => this.#observer.onEnd(end, error));
  }
}

/** The other end of the pipe reports it, too; here it would only be an unhandled rejection. */
function ignore(): void {}
