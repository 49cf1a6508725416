/**
 * Counts what ai-spans does, from its notices (`foundation/doctor-notice.ts`). Holds numbers, names and weak references, so
 * nothing that the program drops is kept alive.
 */
import { isSpanContextValid, TraceFlags, type Context, type Span } from "@opentelemetry/api";
import { monotonicMs } from "../foundation/clock.ts";
import { contain } from "../foundation/containment.ts";
import type { DoctorNotice } from "../foundation/doctor-notice.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, finiteNumber, isRecord, isString, readProperty } from "../foundation/structure.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";
import { invocationOf } from "../spans/invocation.ts";
import type { SpanCounts } from "./report.ts";

/** A wrapped module or an adapter. */
export interface Wrapping {
  readonly kind: "wrapper" | "adapter";
  /** The number of the SDK's module; 0 for an adapter. */
  readonly sdk: number;
  /** The number of the tracer provider in the options; 0 for the registered one. */
  readonly provider: number;
}

export interface OpenRun {
  readonly operation: string;
  /** Milliseconds since its start. */
  readonly ageMs: number;
  readonly idleDeadlineMs: number;
}

export interface LedgerFacts {
  readonly counts: SpanCounts;
  /** Spans that a tracer of no provider has started. */
  readonly withoutProvider: number;
  readonly endedByOthers: number;
  /** Spans that lost attributes, or parts of them, to a limit. */
  readonly limited: number;
  /** Runs whose work belongs to no invocation of `flushAfter` or `flushHandler`. */
  readonly outsideInvocations: number;
  readonly wrappings: readonly Wrapping[];
  /** Whether an instrumentation is in use. It registers an adapter for bundles of AI SDK 7. */
  readonly hasInstrumentation: boolean;
  /** How many copies of ai-spans have sent a notice. */
  readonly copies: number;
  readonly wrappedCalls: number;
  readonly adapterRuns: number;
  readonly openRuns: readonly OpenRun[];
}

interface SpanEntry {
  readonly operation: string;
  readonly startedMs: number;
  readonly idleDeadlineMs: number;
  readonly span: Reference<Span>;
  isEnded: boolean;
  /** `undefined` before an exporter has answered. */
  isExported: boolean | undefined;
}

/** Operations whose span is that of a whole call. */
const RUNS = new Set(["invoke_agent", "embeddings", "rerank", "generate_content"]);
/** The limit of spans whose export is observed. Beyond it the oldest are only counted. */
const MAX_ENTRIES = 10_000;
const MAX_WRAPPINGS = 256;

/** `wrap/view.ts` keeps the original of each view here, for all copies. */
const originals = sharedState("originals.v1", WeakMap<object, unknown>);

/** `instrumentation/active-tracing.ts` keeps the enabled instrumentations here, for all copies. */
const instrumentations = sharedState("instrumentations.v1", Map<object, object>);

export class Ledger {
  readonly #entries = new Map<string, SpanEntry>();
  readonly #wrappings = new Map<string, Wrapping>();
  readonly #numbers = new WeakMap<object, number>();
  readonly #copies = new Set<number>();
  readonly #adapterTracings = new WeakSet<object>();
  #hasInstrumentation = false;
  #lastNumber = 0;
  #started = 0;
  #sampledOut = 0;
  #withoutProvider = 0;
  #ended = 0;
  #endedByOthers = 0;
  #limited = 0;
  #exported = 0;
  #failed = 0;
  #unsampled = 0;
  #outsideInvocations = 0;
  #calls = 0;
  #adapterRuns = 0;

  /** Whether ai-spans has sent a notice. */
  get hasNotices(): boolean {
    return this.#copies.size > 0;
  }

  /** @returns whether the notice is the start of a run of an adapter */
  onNotice([kind, subject, tracing, ...facts]: DoctorNotice): boolean {
    this.#copies.add(this.#numberOf(baseClassOf(tracing)));
    if (kind === "wrap" || kind === "adapter") this.#onWrapping(kind, subject, tracing);
    else if (kind === "call") this.#calls += 1;
    // The tracer of the API or of an SDK has made it.
    else if (kind === "start") return this.#onStart(subject as Span, tracing, facts);
    else this.#onEnd(subject as Span, facts[0] === true);
    return false;
  }

  /** @param ids of the spans that an exporter has answered for */
  onExported(ids: readonly (string | undefined)[], isExported: boolean): void {
    for (const id of ids) {
      const entry = id === undefined ? undefined : this.#entries.get(id);
      // With two exporters, one that has exported the span counts.
      if (!entry || entry.isExported === true) continue;
      if (entry.isExported === false) this.#failed -= isExported ? 1 : 0;
      else if (!isExported) this.#failed += 1;
      if (isExported) this.#exported += 1;
      entry.isExported = isExported;
      this.#drop(id, entry);
    }
  }

  read(): LedgerFacts {
    const now = monotonicMs();
    const open = [...this.#entries.values()].filter(({ isEnded }) => !isEnded);
    const endedWhileOpen = open.filter(({ span }) => {
      const current = span.deref();
      return current && contain("doctor: span", () => current.isRecording()) === false;
    });
    return {
      counts: {
        started: this.#started,
        sampledOut: this.#sampledOut,
        ended: this.#ended,
        exported: this.#exported,
        failed: this.#failed,
        waiting: Math.max(0, this.#ended - this.#unsampled - this.#exported - this.#failed),
      },
      withoutProvider: this.#withoutProvider,
      endedByOthers: this.#endedByOthers + endedWhileOpen.length,
      limited: this.#limited,
      outsideInvocations: this.#outsideInvocations,
      wrappings: [...this.#wrappings.values()],
      hasInstrumentation: this.#hasInstrumentation || instrumentations.size > 0,
      copies: this.#copies.size,
      wrappedCalls: this.#calls,
      adapterRuns: this.#adapterRuns,
      openRuns: open
        .filter(({ operation }) => RUNS.has(operation))
        .map(({ operation, startedMs, idleDeadlineMs }) => ({
          operation,
          ageMs: Math.round(now - startedMs),
          idleDeadlineMs,
        })),
    };
  }

  #onWrapping(kind: "wrap" | "adapter", subject: unknown, tracing: unknown): void {
    if (kind === "adapter" && isRecord(tracing)) this.#adapterTracings.add(tracing);
    if (kind === "adapter" && isOfInstrumentation(tracing)) {
      this.#hasInstrumentation = true;
      return;
    }
    if (this.#wrappings.size >= MAX_WRAPPINGS) return;
    const original = isRecord(subject) ? (originals.get(subject) ?? subject) : undefined;
    const wrapping: Wrapping = {
      kind: kind === "wrap" ? "wrapper" : "adapter",
      sdk: kind === "wrap" ? this.#numberOf(original) : 0,
      provider: this.#numberOf(readProperty(readProperty(tracing, "options"), "tracerProvider")),
    };
    this.#wrappings.set(Object.values(wrapping).join(" "), wrapping);
  }

  #onStart(span: Span, tracing: unknown, [operation, parent]: readonly unknown[]): boolean {
    this.#started += 1;
    const isRun = isString(operation) && RUNS.has(operation);
    // Notices have the parent's context here.
    if (isRun && !contain("doctor: invocation", () => invocationOf(parent as Context)))
      this.#outsideInvocations += 1;
    const ofAdapter = isRun && isRecord(tracing) && this.#adapterTracings.has(tracing);
    if (ofAdapter) this.#adapterRuns += 1;
    const { spanId, isRecorded } = readSpan(span);
    if (spanId === undefined) this.#withoutProvider += 1;
    else if (!isRecorded) this.#sampledOut += 1;
    else this.#keep(spanId, span, { operation: String(operation), tracing });
    return ofAdapter;
  }

  #keep(spanId: string, span: Span, { operation, tracing }: { operation: string; tracing: unknown }): void {
    if (this.#entries.size >= MAX_ENTRIES) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const options = readProperty(tracing, "options");
    this.#entries.set(spanId, {
      operation,
      startedMs: monotonicMs(),
      idleDeadlineMs: finiteNumber(readProperty(options, "idleDeadlineMs")) ?? Number.POSITIVE_INFINITY,
      span: referenceTo(span),
      isEnded: false,
      isExported: undefined,
    });
  }

  #onEnd(span: Span, isEndedByOthers: boolean): void {
    const { spanId, isSampled } = readSpan(span);
    const entry = spanId === undefined ? undefined : this.#entries.get(spanId);
    if (!entry || spanId === undefined) return;
    this.#ended += 1;
    if (isEndedByOthers) this.#endedByOthers += 1;
    if (contain("doctor: span", () => isLimited(span))) this.#limited += 1;
    entry.isEnded = true;
    if (!isSampled) {
      this.#unsampled += 1;
      this.#entries.delete(spanId);
    } else this.#drop(spanId, entry);
  }

  /** Removes the entry of a span that has ended and was exported. */
  #drop(spanId: string | undefined, { isEnded, isExported }: SpanEntry): void {
    if (spanId !== undefined && isEnded && isExported === true) this.#entries.delete(spanId);
  }

  /** Numbers stand for objects, which are not held. 0 stands for no object. */
  #numberOf(value: unknown): number {
    const object = asRecord(value);
    if (!object) return 0;
    const known = this.#numbers.get(object) ?? (this.#lastNumber += 1);
    this.#numbers.set(object, known);
    return known;
  }
}

interface SpanState {
  /** `undefined` for a span of no provider. */
  readonly spanId: string | undefined;
  readonly isRecorded: boolean;
  readonly isSampled: boolean;
}

function readSpan(span: Span): SpanState {
  const spanContext = contain("doctor: span", () => span.spanContext());
  const isValid = spanContext !== undefined && isSpanContextValid(spanContext);
  return {
    spanId: isValid ? spanContext.spanId : undefined,
    isRecorded: contain("doctor: span", () => span.isRecording()) === true,
    isSampled: isValid && (spanContext.traceFlags & TraceFlags.SAMPLED) !== 0,
  };
}

/** Whether the SDK has dropped attributes of the span, or has cut one of them. */
function isLimited(span: Span): boolean {
  const dropped = finiteNumber(readProperty(span, "droppedAttributesCount")) ?? 0;
  const limit = finiteNumber(readProperty(readProperty(span, "_spanLimits"), "attributeValueLengthLimit"));
  if (dropped > 0 || limit === undefined || limit <= 0) return dropped > 0;
  const attributes = asRecord(readProperty(span, "attributes")) ?? {};
  return Object.keys(attributes).some((key) => {
    const attribute = attributes[key];
    return isString(attribute) && attribute.length === limit;
  });
}

function isOfInstrumentation(tracing: unknown): boolean {
  return asRecord(Reflect.getPrototypeOf(Object(tracing)))?.constructor !== baseClassOf(tracing);
}

/** The class `Tracing`, of which each copy of ai-spans has one. Instrumentations have subclasses of it. */
function baseClassOf(tracing: unknown): unknown {
  let prototype = Reflect.getPrototypeOf(Object(tracing));
  for (let above = prototype; above && above !== Object.prototype; above = Reflect.getPrototypeOf(above))
    prototype = above;
  return asRecord(prototype)?.constructor;
}
