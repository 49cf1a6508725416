/**
 * One started span and its single end, where it is measured as well, recorded or not. Whoever opened it must end it; every
 * later end is ignored. No failure of the tracer, of a processor or of a meter gets out.
 */
import { SpanStatusCode, trace, type Context, type Span } from "@opentelemetry/api";
import { contain, report } from "../containment.ts";
import type { Instruments } from "../metrics/instruments.ts";
import type { Operation } from "../semconv/attributes.ts";
import { OK } from "../semconv/outcome.ts";
import type { EndRecord, Outcome, Scalar, SpanRecord } from "../semconv/records.ts";
import { setAttributes, setMetadata } from "../semconv/span-attributes.ts";
import { monotonicMs, wallMs } from "./clock.ts";
import { invocationOf } from "./invocation.ts";
import { contextOfUnrecorded, type SpanStart, type Tracing } from "./tracing.ts";

export interface SpanParent {
  readonly context: Context;
  readonly tracing: Tracing;
  /** Where something is measured. */
  readonly instruments?: Instruments | undefined;
  /** What work below it begins in, where that is not its own context. */
  workContext?(): Context;
  /** A span below it was started. */
  onChild?(child: OpenSpan): void;
  onChildEnd?(child: OpenSpan): void;
}

export class OpenSpan<Parent extends SpanParent = SpanParent> implements SpanParent {
  /** The parent's context with this span active. */
  readonly context: Context;
  readonly tracing: Tracing;
  readonly recording: boolean;
  readonly instruments: Instruments | undefined;
  ended = false;
  readonly operation: Operation;
  /** What is known so far of what the span is told at its end. */
  response: EndRecord = {};
  protected readonly parent: Parent;
  readonly #span: Span;
  /** What it was started with, and what metrics are told besides. */
  #facts: SpanRecord;
  readonly #startedMs: number;

  /** @param startedWallMs when the work began, where that is not now; milliseconds since the epoch */
  constructor(span: Span, parent: Parent, start: SpanStart, startedWallMs?: number) {
    this.#span = span;
    this.parent = parent;
    this.tracing = parent.tracing;
    this.instruments = parent.instruments;
    this.recording = span.isRecording();
    this.context = this.within(parent.workContext?.() ?? parent.context);
    this.operation = start.operation;
    this.#facts = start;
    this.#startedMs = this.instruments ? monotonicAt(startedWallMs) : 0;
    parent.onChild?.(this);
    invocationOf(this.context)?.add(span);
  }

  /** The context with this span active, where it is one to enter. */
  protected within(context: Context): Context {
    const span = this.#span;
    return this.recording ? trace.setSpan(context, span) : (contextOfUnrecorded(span, context) ?? context);
  }

  /** Only where the span records. */
  set(record: SpanRecord): void {
    if (!this.recording) return;
    try {
      setAttributes(this.#span, record, this.tracing.options.vocabularies);
    } catch (error) {
      report("span.setAttribute", error);
    }
  }

  /** Facts whose keys are the caller's. */
  protected setMetadata(metadata: ReadonlyMap<string, Scalar>): void {
    if (!this.recording || metadata.size === 0) return;
    try {
      setMetadata(this.#span, metadata, this.tracing.options.namespace);
    } catch (error) {
      report("span.setAttribute", error);
    }
  }

  /** Something that metrics are told as well. */
  learn(record: SpanRecord): void {
    // An operation that was aborted may call its model all the same.
    if (this.ended) return;
    this.set(record);
    if (this.instruments) this.#facts = { ...this.#facts, ...record };
  }

  /**
   * The span's owner has come to an end.
   *
   * @param outcome how that ends what is below it
   * @param _ofOwner how the owner ended
   */
  close(outcome: Outcome, _ofOwner: Outcome): void {
    this.end(outcome);
  }

  /** @param endedWallMs when the work ended, where that is not now; milliseconds since the epoch */
  end(outcome: Outcome, endedWallMs?: number): void {
    if (this.ended) return;
    this.ended = true;
    this.set(this.response);
    if (outcome !== OK) this.set(outcome);
    // No description: an error's message may be content.
    if (outcome.errorType) {
      contain("span.setStatus", () => this.#span.setStatus({ code: SpanStatusCode.ERROR }));
    }
    contain("span.end", () => this.#span.end(endedWallMs));
    if (this.instruments) contain("metrics", () => this.#measure(outcome, monotonicAt(endedWallMs)));
    this.parent.onChildEnd?.(this);
    invocationOf(this.context)?.delete(this.#span);
  }

  /** How long the work took, where that is known. */
  protected secondsUntil(endedMs: number): number | undefined {
    return Math.max(0, endedMs - this.#startedMs) / 1000;
  }

  /** What records a value that is told while the work goes on, by its name. */
  protected seriesOf(measured: string): ((value: number) => void)[] {
    const { instruments } = this;
    if (!instruments) return [];
    const facts = { ...this.#facts, ...this.response };
    return this.tracing.options.vocabularies.flatMap((vocabulary) =>
      (vocabulary.metrics[this.operation] ?? [])
        .filter((metric) => metric.measured === measured)
        .map((metric) => instruments.series(metric, facts, vocabulary, this.context)),
    );
  }

  #measure(outcome: Outcome, endedMs: number): void {
    const seconds = this.secondsUntil(endedMs);
    const record = { ...this.#facts, ...this.response, ...outcome, seconds };
    for (const vocabulary of this.tracing.options.vocabularies) {
      const metrics = vocabulary.metrics[this.operation] ?? [];
      this.instruments?.record(metrics, record, vocabulary, this.context);
    }
  }
}

/** Monotonic milliseconds: now, or when the wall clock showed that time. */
function monotonicAt(atWallMs: number | undefined): number {
  return atWallMs === undefined ? monotonicMs() : monotonicMs() - wallMs() + atWallMs;
}
