/**
 * A started span with its attributes and its metrics. It ends once: the code that opens it must end it, and a later end
 * is ignored. Metrics are recorded at the end, even if the span does not record. Failures of the tracer, a processor or
 * a meter are contained.
 */
import { SpanStatusCode, trace, type Context, type Span, type TimeInput } from "@opentelemetry/api";
import { monotonicMs } from "../foundation/clock.ts";
import { contain, report, warnOnce } from "../foundation/containment.ts";
import { doctor } from "../foundation/doctor-notice.ts";
import type { Instruments } from "../metrics/instruments.ts";
import type { Operation } from "../semconv/attributes.ts";
import { outcomeRecord } from "../semconv/outcome.ts";
import type {
  AttributeValue,
  EndRecord,
  ModelNames,
  ModelRequest,
  Outcome,
  Scalar,
  AttributeRecord,
} from "../semconv/records.ts";
import { setAttributes, setMetadata, spanName } from "../semconv/span-attributes.ts";
import { secondsBetween, timeOn } from "./span-clock.ts";
import { activeContext } from "./context.ts";
import { contextWithSpan } from "./derived-context.ts";
import { invocationOf } from "./invocation.ts";
import { openWork } from "./open-work.ts";
import { contextOfUnrecorded, type SpanStart, type Tracing } from "./tracing.ts";

export interface SpanParent {
  readonly context: Context;
  readonly tracing: Tracing;
  /** `undefined` if no metrics are recorded. */
  readonly instruments?: Instruments | undefined;
  /** The context in which a child span starts; default: `context`. */
  workContext?(): Context;
  /** Called when a child span was started. */
  onChild?(child: OpenSpan): void;
  onChildEnd?(child: OpenSpan): void;
  /**
   * Only runs have this method.
   *
   * @returns the `execute` function of the run's tool with this name
   */
  executeOf?(toolName: string): unknown;
}

/** A started span, and the values from which its `OpenSpan` is created. */
export interface Opening<Parent extends SpanParent = SpanParent> {
  readonly span: Span;
  readonly parent: Parent;
  readonly start: SpanStart;
  /** When the work began; monotonic milliseconds; default: now. */
  readonly startedMs?: number | undefined;
}

export class OpenSpan<Parent extends SpanParent = SpanParent> implements SpanParent {
  /** A context in which this span is active. It derives from the parent's work context. */
  readonly context: Context;
  readonly tracing: Tracing;
  readonly recording: boolean;
  readonly instruments: Instruments | undefined;
  ended = false;
  /** Whether the work has ended, but the span waits for more attributes. */
  isAnswered = false;
  readonly operation: Operation;
  /** The attributes that are recorded at the end of the span, as far as they are known. */
  response: EndRecord = {};
  protected readonly parent: Parent;
  readonly #span: Span;
  /** The record of the span's start, with the later values that metrics need too. */
  #record: AttributeRecord;
  /** The caller's metadata. It is set after our attributes, so that a limit of attributes drops metadata first. */
  #metadata: ReadonlyMap<string, Scalar> | undefined;
  /** When the work began; monotonic milliseconds. */
  readonly startedMs: number;
  /** Whether the span was started with a start time. Then it needs an end time from the same clock. */
  readonly #isDated: boolean;

  /**
   * Adds itself to the parent last. If an earlier line fails, the parent has no entry of a span that does not exist.
   */
  constructor({ span, parent, start, startedMs }: Opening<Parent>) {
    this.#span = span;
    this.parent = parent;
    this.tracing = parent.tracing;
    this.instruments = parent.instruments;
    this.recording = isRecording(span);
    this.#record = start;
    this.#isDated = startedMs !== undefined;
    this.startedMs = startedMs ?? monotonicMs();
    this.operation = start.operation;
    this.context = this.contextWithSpan(parent.workContext?.() ?? parent.context);
    contain("invocation", () => invocationOf(this.context)?.add(span));
    if (parent.onChild) parent.onChild(this);
    else openWork()?.add(this);
  }

  /** @returns the context with this span active; `context` itself if `spanContext` of the span throws */
  protected contextWithSpan(context: Context): Context {
    const span = this.#span;
    if (!this.recording) return contextOfUnrecorded(span, context) ?? context;
    // Whoever starts a child span calls `spanContext` of its parent, the program too. So a span whose `spanContext`
    // throws is never made active.
    const isKnown = contain("span.spanContext", () => span.spanContext() !== undefined);
    return isKnown ? contextWithSpan(context, span) : context;
  }

  /** Sets attributes, if the span records. */
  set(record: AttributeRecord): void {
    if (this.recording) setAttributes(this, record, this.tracing.options.vocabularies);
  }

  /** Sets one attribute. If that fails, only this attribute is missing. */
  setAttribute(key: string, value: AttributeValue): void {
    try {
      this.#span.setAttribute(key, value);
    } catch (error) {
      report("span.setAttribute", error);
    }
  }

  /** Stores the caller's metadata until the end of the span. */
  protected setMetadata(metadata: ReadonlyMap<string, Scalar>): void {
    if (metadata.size > 0) this.#metadata = metadata;
  }

  /** Whether this span itself is the active span, and not a child of it. */
  isActive(): boolean {
    return trace.getSpan(activeContext()) === this.#span;
  }

  /**
   * Converts a time to the span's clock.
   *
   * @param atMs monotonic milliseconds
   */
  timeAt(atMs: number): TimeInput | undefined {
    return timeOn(this.#span, this.startedMs, atMs);
  }

  /** Sets attributes, and keeps their values for the metrics. */
  update(record: AttributeRecord): void {
    // An operation that was aborted may still call its model.
    if (this.ended) return;
    this.set(record);
    if (this.instruments) this.#record = { ...this.#record, ...record };
  }

  /** Called when another model answered than the requested one. Renames the span after it. */
  onFailover(model: ModelNames): void {
    this.rename(model, model.requestModel);
  }

  /**
   * @param record has the attribute of the target
   * @param target the second part of the span's name
   */
  protected rename(record: AttributeRecord, target: string | undefined): void {
    if (this.ended) return;
    this.update(record);
    if (!this.recording) return;
    contain("span.updateName", () => this.#span.updateName(spanName(this.operation, target)));
  }

  /**
   * Ends a span that is still open when its run ends or the process stops.
   *
   * @param outcome the outcome for this span
   * @param _ofRun the outcome of the run
   * @param endedMs when the run ended; monotonic milliseconds; default: now
   */
  cutOff(outcome: Outcome, _ofRun: Outcome, endedMs?: number): void {
    this.end(outcome, endedMs);
  }

  /** @param endedMs when the work ended; monotonic milliseconds; default: now */
  end(outcome: Outcome, endedMs?: number): void {
    if (this.ended) return;
    this.ended = true;
    const atMs = endedMs ?? (this.#isDated || this.instruments ? monotonicMs() : undefined);
    const isEndedByOthers = this.#isEndedByOthers();
    if (isEndedByOthers) {
      warnOnce(
        "a span was ended by somebody else before its work was over, so its outcome and tokens are missing: pass ai-spans a separate tracer provider (the option tracerProvider)",
      );
    } else this.#endSpan(outcome, endedMs !== undefined || this.#isDated ? atMs : undefined);
    doctor()?.("end", this.#span, this.tracing, isEndedByOthers);
    if (this.instruments) contain("metrics", () => this.#measure(outcome, atMs ?? this.startedMs));
    contain("end of a span", () => this.parent.onChildEnd?.(this));
    openWork()?.delete(this);
    contain("invocation", () => invocationOf(this.context)?.delete(this.#span));
  }

  /**
   * Whether other code has ended the span. For example, `@vercel/otel` ends all open spans when the span of a request
   * ends.
   */
  #isEndedByOthers(): boolean {
    return this.recording && contain("span.isRecording", () => this.#span.isRecording()) === false;
  }

  /** @param atMs when the work ended; monotonic milliseconds; default: now */
  #endSpan(outcome: Outcome, atMs: number | undefined): void {
    contain("attributes", () => this.#recordEnd(outcome));
    // The status has no description, because an error's message may be content.
    if (outcome.kind === "error") {
      contain("span.setStatus", () => this.#span.setStatus({ code: SpanStatusCode.ERROR }));
    }
    const time = atMs === undefined ? undefined : contain("span.startTime", () => this.timeAt(atMs));
    contain("span.end", () => this.#span.end(time));
  }

  #recordEnd(outcome: Outcome): void {
    this.set(this.response);
    if (outcome.kind !== "ok") this.set(outcomeRecord(outcome));
    if (this.recording && this.#metadata) setMetadata(this, this.#metadata, this.tracing.options.namespace);
  }

  /** The duration of the work in seconds; `undefined` if it is not known. */
  protected secondsUntil(endedMs: number): number | undefined {
    return secondsBetween(this.startedMs, endedMs);
  }

  /** @returns one function for each metric of this value. A function records one value during the work. */
  protected seriesOf(measured: string): ((value: number) => void)[] {
    const { instruments } = this;
    if (!instruments) return [];
    const records = [this.response, this.#record] as const;
    return this.tracing.options.vocabularies.flatMap((vocabulary) =>
      (vocabulary.metrics[this.operation] ?? [])
        .filter((metric) => metric.measured === measured)
        .map((metric) => instruments.series(metric, records, vocabulary, this.context)),
    );
  }

  #measure(outcome: Outcome, endedMs: number): void {
    // The span has ended, so nothing sets these values as attributes. So no merged copy of both records is needed.
    const end: AttributeRecord = Object.assign(this.response, outcomeRecord(outcome), {
      seconds: this.secondsUntil(endedMs),
    });
    for (const vocabulary of this.tracing.options.vocabularies) {
      const metrics = vocabulary.metrics[this.operation] ?? [];
      this.instruments?.record(metrics, [end, this.#record], vocabulary, this.context);
    }
  }
}

/** @returns the names of the model that answered; `undefined` if it is the requested model */
export function changedModel(
  { provider, requestModel }: ModelNames,
  readModel: ModelRequest["readModel"],
): ModelNames | undefined {
  const now = readModel?.();
  const names = { provider: now?.provider ?? provider, requestModel: now?.requestModel ?? requestModel };
  return names.provider === provider && names.requestModel === requestModel ? undefined : names;
}

/** Whether the span records. A span whose `isRecording` throws counts as recording. */
export function isRecording(span: Span): boolean {
  return contain("span.isRecording", () => span.isRecording()) ?? true;
}

/**
 * Creates the owner of a started span. The owner must end the span. If the creation fails, this function ends the span,
 * so that it does not stay open.
 *
 * @returns the owner; `undefined` if its creation failed. Then the work runs untraced.
 */
export function endUnlessOwned<T>(span: Span, createOwner: () => T): T | undefined {
  const created = contain("span", () => ({ owner: createOwner() }));
  if (!created) contain("span.end", () => span.end());
  return created?.owner;
}
