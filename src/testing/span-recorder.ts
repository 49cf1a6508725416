/**
 * A span processor that keeps every span from its start on: what an exporter gets to see are only those that ended.
 */
import { startTimer, stopTimer } from "../foundation/timers.ts";
import type { RecordedSpan } from "./recorded-span.ts";

/**
 * Every span of a tracer provider, in memory. It is itself the span processor, by structure, of any OpenTelemetry SDK.
 */
export interface SpanRecorder<Span extends RecordedSpan = RecordedSpan> {
  /** Started since the last `reset`, in order of their start. The list is live, and so are the spans in it. */
  readonly started: readonly Span[];
  /** Those of `started` that have ended, in order of their end. */
  readonly finished: readonly Span[];
  /** Those of `started` that have not ended yet, in order of their start. */
  readonly open: readonly Span[];
  /** Forgets all spans. One that is still open is forgotten with its end: it does not turn up in the next test. */
  reset(): void;
  /**
   * Waits, without polling, until no span is open.
   *
   * @param timeoutMs at most so many milliseconds
   * @returns whether no span is open
   */
  waitForEnds(timeoutMs: number): Promise<boolean>;
  /** Called by the SDK. */
  onStart(span: Span, parentContext?: unknown): void;
  /** Called by the SDK. */
  onEnd(span: Span): void;
  /** Called by the SDK. Nothing is ever held back. */
  forceFlush(): Promise<void>;
  /** Called by the SDK. What was recorded stays. */
  shutdown(): Promise<void>;
}

export class RecordingProcessor<Span extends RecordedSpan> implements SpanRecorder<Span> {
  readonly started: Span[] = [];
  readonly finished: Span[] = [];
  readonly #open = new Set<Span>();
  readonly #known = new WeakSet<Span>();
  readonly #waiting = new Set<() => void>();

  get open(): readonly Span[] {
    return [...this.#open];
  }

  reset(): void {
    for (const span of this.started) this.#known.delete(span);
    this.started.length = 0;
    this.finished.length = 0;
    this.#open.clear();
    this.#wake();
  }

  onStart(span: Span): void {
    this.started.push(span);
    this.#known.add(span);
    this.#open.add(span);
  }

  onEnd(span: Span): void {
    if (!this.#known.has(span)) return;
    this.finished.push(span);
    this.#open.delete(span);
    if (this.#open.size === 0) this.#wake();
  }

  async waitForEnds(timeoutMs: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = startTimer(() => resolve("late"), timeoutMs);
    });
    let woken: unknown;
    // Between the last end and whoever waits for it another span may start.
    while (this.#open.size > 0 && woken !== "late") {
      woken = await Promise.race([late, new Promise<void>((resolve) => this.#waiting.add(resolve))]);
    }
    stopTimer(timer);
    return this.#open.size === 0;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
