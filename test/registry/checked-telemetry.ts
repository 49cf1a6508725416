/**
 * Checks every span that the providers of this process record, and keeps only the findings. It holds no span, so that a
 * span can be collected. It imports no SDK, because tests with their own clock must load the SDK themselves.
 */
import { trace, type Attributes, type Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { declaredNames } from "./declared-names.ts";
import { deviationOf } from "./deviations.ts";
import { excusesInForce, isExcused, type Excuse } from "./excused.ts";
import { findingText, placeOf, SCOPE, type CheckedSpan, type Finding } from "./finding.ts";
import { spanFindings } from "./span-findings.ts";

let found = new Set<string>();
/** Functions that check more telemetry when somebody takes the findings. */
const sources = new Set<() => Promise<void>>();

/** Deviations that this process has met. */
const met = new Set<string>();

/** Keeps the findings that are neither deviations nor excused. */
export function record(findings: readonly Finding[], excuses: readonly Excuse[] = []): void {
  for (const finding of findings) {
    if (deviationOf(finding)) met.add(placeOf(finding));
    else if (!isExcused(finding, excuses)) found.add(findingText(finding));
  }
}

/** The deviations that this process has met, each by its rule, its span or metric, and its subject. */
export function metDeviations(): ReadonlySet<string> {
  return met;
}

/** @param look runs before findings are taken, until the returned function removes it */
export function addSource(look: () => Promise<void>): () => void {
  sources.add(look);
  return () => void sources.delete(look);
}

/** Returns the findings since the last call, one line each. */
export async function takeFindings(): Promise<string[]> {
  for (const look of sources) await look();
  const lines = [...found];
  found = new Set();
  return lines;
}

/** Checks spans of other processes, whose start attributes and parents are unknown. */
export function checkSpans(spans: readonly CheckedSpan[]): void {
  for (const span of spans) record(spanFindings(span, undefined, { declared: declaredNames() }));
}

interface Start {
  readonly attributes: Attributes;
  /** A weak reference. A chain of parents would keep all spans of a program alive. */
  readonly parent: WeakRef<ReadableSpan> | undefined;
  /** The excuses at the start, because a span may end when another test has begun. */
  readonly excuses: readonly Excuse[];
}

const starts = new WeakMap<ReadableSpan, Start>();

/** Must be the first processor of a provider, so that it gets the attributes of the start before others change them. */
export class CheckingProcessor implements SpanProcessor {
  onStart(span: Span, context: Context): void {
    // A parent that does not record has no entry in `starts`, whatever object it is.
    const parent = trace.getSpan(context) as Span | undefined;
    const isOurs = parent && starts.has(parent) && parent.instrumentationScope.name === SCOPE.name;
    starts.set(span, {
      attributes: { ...span.attributes },
      parent: isOurs ? new WeakRef(parent) : undefined,
      excuses: excusesInForce(),
    });
  }

  onEnd(span: ReadableSpan): void {
    const { attributes, parent, excuses } = starts.get(span) ?? {};
    const surroundings = { parentAttributes: parent?.deref()?.attributes, declared: declaredNames() };
    record(spanFindings(span, attributes, surroundings), excuses);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
