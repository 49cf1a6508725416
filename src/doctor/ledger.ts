/**
 * Counts the notices that ai-spans sends to the doctor (`foundation/doctor-notice.ts`). Holds numbers, names and weak
 * references, so it keeps nothing of the program alive.
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

/** A wrapped module or an adapter. Objects have numbers here, because the ledger must not hold them. */
export interface Wrapping {
  readonly kind: "wrapper" | "adapter";
  /** The number of the original module of the SDK; 0 for an adapter. */
  readonly sdk: number;
  /** The number of the tracer provider in the options; 0 where the options have none. */
  readonly provider: number;
}

export interface OpenRun {
  readonly operation: string;
  /** Milliseconds since the run started. */
  readonly ageMs: number;
  readonly idleDeadlineMs: number;
}

export interface LedgerFacts {
  readonly counts: SpanCounts;
  /** Spans that were started without a tracer provider: their span context is invalid. */
  readonly withoutProvider: number;
  readonly endedByOthers: number;
  /** Spans of which the SDK dropped or cut attributes, because of a limit. */
  readonly limited: number;
  /** Runs that started outside of an invocation of `flushAfter` or `flushHandler`. */
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
  /** `undefined` until an exporter has reported a result. */
  isExported: boolean | undefined;
}

/** The operations of runs: each of these spans covers a whole call. */
const RUNS = new Set(["invoke_agent", "embeddings", "rerank", "generate_content"]);
/**
 * How many spans have an entry at most. Beyond that, the oldest entry is removed, and later notices of its span are not
 * counted.
 */
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

  /** @returns whether the notice reports that a run of an adapter starts */
  onNotice([kind, subject, tracing, ...facts]: DoctorNotice): boolean {
    this.#copies.add(this.#numberOf(baseClassOf(tracing)));
    if (kind === "wrap" || kind === "adapter") this.#onWrapping(kind, subject, tracing);
    else if (kind === "call") this.#calls += 1;
    // The subject of a `start` or `end` notice is a span, made by a tracer of the API or of an SDK.
    else if (kind === "start") return this.#onStart(subject as Span, tracing, facts);
    else this.#onEnd(subject as Span, facts[0] === true);
    return false;
  }

  /** @param ids of the spans whose export has a result */
  onExported(ids: readonly (string | undefined)[], isExported: boolean): void {
    for (const id of ids) {
      const entry = id === undefined ? undefined : this.#entries.get(id);
      // There may be two exporters. A span counts as exported if one of them has exported it.
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
    // A `start` notice has the context of the parent at this place.
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

  /** Removes the entry of a span if it has ended and was exported. */
  #drop(spanId: string | undefined, { isEnded, isExported }: SpanEntry): void {
    if (spanId !== undefined && isEnded && isExported === true) this.#entries.delete(spanId);
  }

  /**
   * Returns the same number for the same object, so that the object need not be held. A value that is no object gets 0.
   */
  #numberOf(value: unknown): number {
    const object = asRecord(value);
    if (!object) return 0;
    const known = this.#numbers.get(object) ?? (this.#lastNumber += 1);
    this.#numbers.set(object, known);
    return known;
  }
}

interface SpanState {
  /** `undefined` for a span that was started without a provider. */
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

/** Whether the SDK has dropped or cut attributes of the span. A text as long as the limit counts as cut. */
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

/** Returns the class `Tracing` of the copy of ai-spans that made this object. Instrumentations use subclasses of it. */
function baseClassOf(tracing: unknown): unknown {
  let prototype = Reflect.getPrototypeOf(Object(tracing));
  for (let above = prototype; above && above !== Object.prototype; above = Reflect.getPrototypeOf(above))
    prototype = above;
  return asRecord(prototype)?.constructor;
}
