/** Records each span from its start on, as a span processor. An exporter would get only spans that have ended. */
import { startTimer, stopTimer } from "../foundation/timers.ts";
import type { RecordedSpan } from "./recorded-span.ts";

/**
 * Keeps the spans of a tracer provider in memory. It has the methods of a span processor of any OpenTelemetry SDK.
 */
export interface SpanRecorder<Span extends RecordedSpan = RecordedSpan> {
  /** The spans that started since the last `reset`, in order of their start. The list and its spans may change later. */
  readonly started: readonly Span[];
  /** The spans of `started` that have ended, in order of their end. */
  readonly finished: readonly Span[];
  /** The spans of `started` that have not ended yet, in order of their start. */
  readonly open: readonly Span[];
  /** Removes all spans. The end of a span that is still open is ignored, so it does not appear in the next test. */
  reset(): void;
  /**
   * Waits, without polling, until no span is open.
   *
   * @param timeoutMs milliseconds to wait at most
   * @returns whether no span is open
   */
  waitForEnds(timeoutMs: number): Promise<boolean>;
  /** Called by the SDK. */
  onStart(span: Span, parentContext?: unknown): void;
  /** Called by the SDK. */
  onEnd(span: Span): void;
  /** Called by the SDK. Does nothing, because the recorder buffers no spans. */
  forceFlush(): Promise<void>;
  /** Called by the SDK. Does nothing: the recorded spans stay. */
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
    this.#notifyWaiting();
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
    if (this.#open.size === 0) this.#notifyWaiting();
  }

  async waitForEnds(timeoutMs: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<"timeout">((resolve) => {
      timer = startTimer(() => resolve("timeout"), timeoutMs);
    });
    let event: unknown;
    // Another span may start after the last one ended and before this line runs, so it is checked again.
    while (this.#open.size > 0 && event !== "timeout") {
      event = await Promise.race([timeout, new Promise<void>((resolve) => this.#waiting.add(resolve))]);
    }
    stopTimer(timer);
    return this.#open.size === 0;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #notifyWaiting(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
