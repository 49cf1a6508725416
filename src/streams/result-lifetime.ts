/**
 * The lifetime of a streamed result: which ways of reading it are alive, and how the run ended. One state machine,
 * its table in docs/design.md; it never sees a span, a part's content or the result itself.
 */
import { readAbort, readFailure } from "../readers/failure.ts";
import { property } from "../readers/guards.ts";
import { readEnvelopedPart, readPartType } from "../readers/stream-part.ts";
import { ABANDONED, ABORTED, LEFT_BY_CONSUMER, OK, type Outcome } from "../semconv/records.ts";
import type { PipeEnd, PipeObserver } from "./observed-pipe.ts";

/**
 * How long a reader that takes nothing counts as reading once another has ended: a way of reading that was only
 * opened (`const { textStream, fullStream } = result`) looks the same as one that pauses. The outcome is known and
 * the end is dated back, so this only says when the span is handed over.
 */
const PAUSE_AFTER_COMPLETION_MS = 1_000;
/** Longer, for a reader that goes on after another left turns a cancellation into a completed run. */
const PAUSE_AFTER_LEAVING_MS = 10_000;

export interface ResultLifetimeOptions {
  readonly idleDeadlineMs: number;
  /** The run's signal, as far as known by now. */
  readonly signal: () => AbortSignal | undefined;
  /**
   * Called at the end, and again should a later reader wake what was left. `endedMs`: monotonic time at which the
   * work was complete, where readers were waited for after that.
   */
  readonly onEnd: (outcome: Outcome, endedMs?: number) => void;
  readonly now: () => number;
  /** Whether the result is being read, where that shows only further down; default: never. */
  readonly isFlowing?: () => boolean;
}

export class ResultLifetime {
  readonly #options: ResultLifetimeOptions;
  readonly #readers = new Set<ResultReader>();
  /** What the first reader that saw the end saw. */
  #completed: Outcome | undefined;
  /** When the last reader ended, if others were still there. */
  #lastEndMs: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #parts = 0;
  #partsAtLastCheck = 0;

  constructor(options: ResultLifetimeOptions) {
    this.#options = options;
  }

  /** A way of reading the result begins. */
  readonly createReader = (): PipeObserver => {
    const reader = new ResultReader(this);
    this.#readers.add(reader);
    return reader;
  };

  /** From now on somebody must read the result, or it is abandoned at the idle deadline. */
  watchIdle(): void {
    if (this.#timer === undefined) this.#checkIn(this.#options.idleDeadlineMs);
  }

  /** The result and all that could read it were collected. */
  collected(): void {
    this.#end();
  }

  /** The run has ended: no timer is left behind. */
  release(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The result's own promise settled: for results whose readers cannot be watched. */
  settled(error?: unknown): void {
    if (error === undefined) this.#completed ??= OK;
    // The SDK's word for a reader that left (v7, `teeStream` of a single-reader result).
    else if (property(error, "name") !== "AbortError") this.#completed ??= readFailure(error, this.signal());
    this.#end(LEFT_BY_CONSUMER);
  }

  signal(): AbortSignal | undefined {
    return this.#options.signal();
  }

  onReaderPart(): void {
    this.#parts += 1;
  }

  onReaderEnd(reader: ResultReader, end: PipeEnd, error: unknown): void {
    this.#readers.delete(reader);
    if (end === "read") this.#completed ??= reader.outcome;
    else if (end === "failed") this.#completed ??= readFailure(error, this.signal());
    if (this.#readers.size === 0) return this.#end(LEFT_BY_CONSUMER);
    this.#lastEndMs = this.#options.now();
    this.release();
    this.#checkIn(this.#pauseMs());
  }

  #pauseMs(): number {
    if (this.#completed !== undefined) return PAUSE_AFTER_COMPLETION_MS;
    return this.#lastEndMs === undefined ? this.#options.idleDeadlineMs : PAUSE_AFTER_LEAVING_MS;
  }

  #checkIn(delayMs: number): void {
    this.#partsAtLastCheck = this.#parts;
    this.#timer = setTimeout(this.#check, delayMs);
    // A number in browsers and on edge runtimes, where no timer keeps the program alive.
    const unref = property(this.#timer, "unref");
    if (typeof unref === "function") unref.call(this.#timer);
  }

  /** A reader that took something, or that waits for the provider, reads; all others have had their time. */
  readonly #check = (): void => {
    this.#timer = undefined;
    let isRead = this.#parts !== this.#partsAtLastCheck || this.#options.isFlowing?.() === true;
    for (const reader of this.#readers) isRead ||= !reader.backpressured;
    if (isRead) this.#checkIn(this.#pauseMs());
    else this.#end(this.#lastEndMs === undefined ? ABANDONED : LEFT_BY_CONSUMER, this.#lastEndMs);
  };

  /** What the work came to outweighs how it was left, and an abort explains why it was. */
  #end(unfinished: Outcome = ABANDONED, endedMs?: number): void {
    this.release();
    this.#options.onEnd(this.#completed ?? readAbort(this.signal()) ?? unfinished, endedMs);
  }
}

/** One way of reading the result: a branch of its base stream. */
class ResultReader implements PipeObserver {
  backpressured = false;
  outcome: Outcome = OK;
  readonly #lifetime: ResultLifetime;

  constructor(lifetime: ResultLifetime) {
    this.#lifetime = lifetime;
  }

  onPart(chunk: unknown): void {
    this.#lifetime.onReaderPart();
    const part = readEnvelopedPart(chunk);
    const type = readPartType(part);
    if (type === "error") this.outcome = readFailure(property(part, "error"), this.#lifetime.signal());
    else if (type === "abort") this.outcome = readAbort(this.#lifetime.signal()) ?? ABORTED;
  }

  onEnd(end: PipeEnd, error?: unknown): void {
    this.#lifetime.onReaderEnd(this, end, error);
  }
}
