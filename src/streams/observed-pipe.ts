/**
 * Observes a model's stream. Replaces its `pipeThrough` by a method that moves every part as the platform's does and
 * notifies an observer of each part. Adds no layer, queue or read-ahead, and never changes a part. If an observer
 * throws, the error is reported and the pipe continues. Why we move the parts:
 * docs/why/decisions/2026-11-21-who-moves-the-parts.md.
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

/** How a pipe ended: its source was read to the end, its source failed, or its reader left. */
export type PipeEnd = "read" | "failed" | "left";

export interface PipeObserver {
  /** The pipe sets it to true while it waits for its reader, and to false while it waits for its source. */
  backpressured: boolean;
  onPart(part: unknown): void;
  /** @param error the error of the source, if `end` is `failed` */
  onEnd(end: PipeEnd, error?: unknown): void;
  /** Called when somebody reads the stream in a way that is not observed. */
  onMissed?(): void;
  /** Called when somebody pipes the stream again, although the first pipe has locked it. The platform throws then. */
  onRefused?(): void;
}

/** @returns `false` when the stream cannot be observed */
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

/**
 * For so many ticks after the first `pipeThrough`, a second one is observed. Other code can pipe a model's stream
 * before the SDK does, as soon as the model has answered. The SDK pipes it within these ticks.
 */
const TICKS_OF_REFUSAL = 24;

function observeRefusal(stream: object, observer: PipeObserver): void {
  if (!observer.onRefused) return;
  const override = overrideOnce(stream, "pipeThrough", (platform, args) => {
    contain("stream", () => observer.onRefused?.());
    return Reflect.apply(platform, stream, args);
  });
  let ticks = TICKS_OF_REFUSAL;
  // One closure serves all ticks, because this runs for each streamed call.
  const wait = contained("stream", (): void => {
    if (ticks-- === 0) override?.restore();
    else void Promise.resolve().then(wait);
  });
  wait();
}

/** The platform's `pipeTo` without options (Streams Standard, "ReadableStreamPipeTo"), with an observer. */
class ObservedPipe {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #writer: WritableStreamDefaultWriter<unknown>;
  readonly #observer: PipeObserver;
  #lastWrite: Promise<void> | undefined;
  /**
   * Whether the next read waits for one tick. Our pipe delivers the first part one tick later than the platform does.
   * So it also asks for the second part one tick later.
   */
  #delaysRead = false;
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
    else if (this.#delaysRead) {
      this.#delaysRead = false;
      // The microtask is made by a promise, because a test may have replaced `queueMicrotask`.
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
    this.#delaysRead = this.#lastWrite === undefined;
    contain("stream", () => this.#observer.onPart(result.value));
    this.#lastWrite = writeTo(this.#writer, result.value);
    this.#lastWrite.catch(ignore);
    this.step();
  });

  readonly #onReadError = contained("stream", (error: unknown): void => {
    if (this.#ended) return;
    this.#end("failed", error);
    // A part that was read before the error must arrive before it.
    const abort = contained("stream", () => this.#releaseAfter(abortWriter(this.#writer, error)));
    if (this.#lastWrite === undefined) abort();
    else this.#lastWrite.then(abort, abort);
  });

  readonly #onWriterError = contained("stream", (error: unknown): void => {
    if (this.#ended) return;
    this.#end("left");
    this.#releaseAfter(cancelReader(this.#reader, error));
  });

  /** Unlocks both streams when `work` has settled, as the platform does. */
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

/** Handles a rejection, so that it is not reported as unhandled. The other end of the pipe reports the same error. */
function ignore(): void {}
