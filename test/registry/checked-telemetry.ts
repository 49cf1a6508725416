/**
 * Looks at every span that the providers of this process record, and keeps what is found of spans and metrics, nothing
 * else: a span that is collected must stay collectable. Loads no SDK: tests with a clock of their own load it themselves.
 */
import { trace, type Attributes, type Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { declaredNames } from "./declared-names.ts";
import { deviationOf } from "./deviations.ts";
import { excusesInForce, isExcused, type Excuse } from "./excused.ts";
import { findingText, placeOf, SCOPE, type CheckedSpan, type Finding } from "./finding.ts";
import { spanFindings } from "./span-findings.ts";

let found = new Set<string>();
/** What finds more when it is asked to. */
const sources = new Set<() => Promise<void>>();

/** Findings that are meant, by what they break. */
const met = new Set<string>();

/** Everything but what is meant. */
export function record(findings: readonly Finding[], excuses: readonly Excuse[] = []): void {
  for (const finding of findings) {
    if (deviationOf(finding)) met.add(placeOf(finding));
    else if (!isExcused(finding, excuses)) found.add(findingText(finding));
  }
}

/** Which deviations this process has met, each by rule, span or metric, and subject. */
export function metDeviations(): ReadonlySet<string> {
  return met;
}

/** @param look is called before findings are taken, until it is told that there is no more to see */
export function addSource(look: () => Promise<void>): () => void {
  sources.add(look);
  return () => void sources.delete(look);
}

/** What was found since the last time: one line each. */
export async function takeFindings(): Promise<string[]> {
  for (const look of sources) await look();
  const lines = [...found];
  found = new Set();
  return lines;
}

/** For spans of other processes: how they were started, and their parents, is not known. */
export function checkSpans(spans: readonly CheckedSpan[]): void {
  for (const span of spans) record(spanFindings(span, undefined, { declared: declaredNames() }));
}

interface Start {
  readonly attributes: Attributes;
  readonly parent: ReadableSpan | undefined;
  /** A span may end when another test has begun. */
  readonly excuses: readonly Excuse[];
}

const starts = new WeakMap<ReadableSpan, Start>();

/** To be the first of a provider's processors, so that it sees what a span was started with. */
export class CheckingProcessor implements SpanProcessor {
  onStart(span: Span, context: Context): void {
    // The API's span is the SDK's where it records; what else it may be has no start here.
    const parent = trace.getSpan(context) as Span | undefined;
    const isOurs = parent && starts.has(parent) && parent.instrumentationScope.name === SCOPE.name;
    starts.set(span, {
      attributes: { ...span.attributes },
      parent: isOurs ? parent : undefined,
      excuses: excusesInForce(),
    });
  }

  onEnd(span: ReadableSpan): void {
    const { attributes, parent, excuses } = starts.get(span) ?? {};
    const surroundings = { parentAttributes: parent?.attributes, declared: declaredNames() };
    record(spanFindings(span, attributes, surroundings), excuses);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
