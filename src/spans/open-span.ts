/**
 * One started span and its single end, where it is measured as well, recorded or not. Whoever opened it must end it; every
 * later end is ignored. No failure of the tracer, of a processor or of a meter gets out.
 */
import { SpanStatusCode, trace, type Context, type Span, type TimeInput } from "@opentelemetry/api";
import { monotonicMs } from "../foundation/clock.ts";
import { contain, report, warnOnce } from "../foundation/containment.ts";
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
  SpanRecord,
} from "../semconv/records.ts";
import { setAttributes, setMetadata, spanName } from "../semconv/span-attributes.ts";
import { secondsBetween, timeOn } from "./span-clock.ts";
import { activeContext } from "./context.ts";
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
  /** Of a run: what a tool of its sets executes. */
  executeOf?(toolName: string): unknown;
}

export class OpenSpan<Parent extends SpanParent = SpanParent> implements SpanParent {
  /** The parent's context with this span active. */
  readonly context: Context;
  readonly tracing: Tracing;
  readonly recording: boolean;
  readonly instruments: Instruments | undefined;
  ended = false;
  /** Its work is over, and what is recorded of it may still change. */
  isAnswered = false;
  readonly operation: Operation;
  /** What is known so far of what the span records at its end. */
  response: EndRecord = {};
  protected readonly parent: Parent;
  readonly #span: Span;
  /** What it was started with, and what metrics record besides. */
  #facts: SpanRecord;
  /** The caller's own facts, recorded last: a span limit drops them before anything of ours. */
  #metadata: ReadonlyMap<string, Scalar> | undefined;
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  /** Whether the tracer was told when the work began: then it dates no end by itself. */
  readonly #isDated: boolean;

  /**
   * Registers with its parent last: what fails before that leaves nothing behind.
   *
   * @param startedMs when the work began, where that is not now; monotonic milliseconds
   */
  constructor(span: Span, parent: Parent, start: SpanStart, startedMs?: number) {
    this.#span = span;
    this.parent = parent;
    this.tracing = parent.tracing;
    this.instruments = parent.instruments;
    this.recording = isRecording(span);
    this.#facts = start;
    this.#isDated = startedMs !== undefined;
    this.startedMs = startedMs ?? monotonicMs();
    this.operation = start.operation;
    this.context = this.within(parent.workContext?.() ?? parent.context);
    contain("invocation", () => invocationOf(this.context)?.add(span));
    parent.onChild?.(this);
  }

  /** The context with this span active, where it is one to enter. */
  protected within(context: Context): Context {
    const span = this.#span;
    if (!this.recording) return contextOfUnrecorded(span, context) ?? context;
    // Whoever starts a span below it asks it for its context, the program too: one that cannot say is not entered.
    const isKnown = contain("span.spanContext", () => span.spanContext() !== undefined);
    return isKnown ? trace.setSpan(context, span) : context;
  }

  /** Only where the span records. */
  set(record: SpanRecord): void {
    if (this.recording) setAttributes(this, record, this.tracing.options.vocabularies);
  }

  /** One attribute that fails costs itself alone. */
  setAttribute(key: string, value: AttributeValue): void {
    try {
      this.#span.setAttribute(key, value);
    } catch (error) {
      report("span.setAttribute", error);
    }
  }

  /** Facts whose keys are the caller's. */
  protected setMetadata(metadata: ReadonlyMap<string, Scalar>): void {
    if (metadata.size > 0) this.#metadata = metadata;
  }

  /** Whether the span itself is the active one, and none below it. */
  isActive(): boolean {
    return trace.getSpan(activeContext()) === this.#span;
  }

  /** A moment on the span's own clock. */
  timeAt(atMs: number): TimeInput | undefined {
    return timeOn(this.#span, this.startedMs, atMs);
  }

  /** Something that metrics record as well. */
  learn(record: SpanRecord): void {
    // An operation that was aborted may call its model all the same.
    if (this.ended) return;
    this.set(record);
    if (this.instruments) this.#facts = { ...this.#facts, ...record };
  }

  /** Another model answers than the one that the span was started with. */
  onFailover(model: ModelNames): void {
    this.rename(model, model.requestModel);
  }

  /** @param target of the span's name, which is among the record */
  protected rename(record: SpanRecord, target: string | undefined): void {
    if (this.ended) return;
    this.learn(record);
    if (!this.recording) return;
    contain("span.updateName", () => this.#span.updateName(spanName(this.operation, target)));
  }

  /**
   * The span's owner has come to an end.
   *
   * @param outcome how that ends what is below it
   * @param _ofOwner how the owner ended
   * @param endedMs when it did, where that is not now; monotonic milliseconds
   */
  close(outcome: Outcome, _ofOwner: Outcome, endedMs?: number): void {
    this.end(outcome, endedMs);
  }

  /** @param endedMs when the work ended, where that is not now; monotonic milliseconds */
  end(outcome: Outcome, endedMs?: number): void {
    if (this.ended) return;
    this.ended = true;
    const atMs = endedMs ?? (this.#isDated || this.instruments ? monotonicMs() : undefined);
    if (this.#isEndedByOthers()) {
      warnOnce(
        "a span was ended by somebody else before its work was over, so its outcome and tokens are missing: give ai-spans a tracer provider of its own (the option tracerProvider)",
      );
    } else this.#endSpan(outcome, endedMs !== undefined || this.#isDated ? atMs : undefined);
    if (this.instruments) contain("metrics", () => this.#measure(outcome, atMs ?? this.startedMs));
    contain("end of a span", () => this.parent.onChildEnd?.(this));
    contain("invocation", () => invocationOf(this.context)?.delete(this.#span));
  }

  /** Some processors end what is open when the span of a request ends (`@vercel/otel`). */
  #isEndedByOthers(): boolean {
    return this.recording && contain("span.isRecording", () => this.#span.isRecording()) === false;
  }

  /** @param atMs when the work ended, where that is not now; monotonic milliseconds */
  #endSpan(outcome: Outcome, atMs: number | undefined): void {
    contain("attributes", () => this.#recordEnd(outcome));
    // No description: an error's message may be content.
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

  /** How long the work took, where that is known. */
  protected secondsUntil(endedMs: number): number | undefined {
    return secondsBetween(this.startedMs, endedMs);
  }

  /** What records a value while the work goes on, by its name. */
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
    const record = { ...this.#facts, ...this.response, ...outcomeRecord(outcome), seconds };
    for (const vocabulary of this.tracing.options.vocabularies) {
      const metrics = vocabulary.metrics[this.operation] ?? [];
      this.instruments?.record(metrics, record, vocabulary, this.context);
    }
  }
}

/** The names of a model that has failed over to another; `undefined` while they are the same. */
export function changedModel(
  { provider, requestModel }: ModelNames,
  readModel: ModelRequest["readModel"],
): ModelNames | undefined {
  const now = readModel?.();
  const names = { provider: now?.provider ?? provider, requestModel: now?.requestModel ?? requestModel };
  return names.provider === provider && names.requestModel === requestModel ? undefined : names;
}

/** A span that cannot say so may record. */
export function isRecording(span: Span): boolean {
  return contain("span.isRecording", () => span.isRecording()) ?? true;
}

/**
 * Gives a span that was started to its owner. One that its owner cannot take is ended here.
 *
 * @returns `undefined`: it was ended, and the work goes on untraced
 */
export function owned<T>(span: Span, own: () => T): T | undefined {
  const owner = contain("span", () => ({ of: own() }));
  if (!owner) contain("span.end", () => span.end());
  return owner?.of;
}
