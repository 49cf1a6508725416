/**
 * Looks at everything that the providers of this process record, keeps what it finds and nothing else: a span that is
 * collected must stay collectable.
 */
import { trace, type Attributes, type Context } from "@opentelemetry/api";
import { MetricReader } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { deviationOf } from "./deviations.ts";
import { DEFAULT_DECLARED, findingText, SCOPE, type CheckedSpan, type Declared, type Finding } from "./finding.ts";
import { metricFindings } from "./metric-findings.ts";
import { spanFindings } from "./span-findings.ts";

let declared: Declared = DEFAULT_DECLARED;
let found: Finding[] = [];
const readers = new Set<CheckingReader>();

/** What a test file's own programs add to the names that may be on spans, for as long as the file runs. */
export function declareNames({ namespaces = [], attributes = [] }: Partial<Declared>): void {
  declared = {
    namespaces: [...declared.namespaces, ...namespaces],
    attributes: [...declared.attributes, ...attributes],
  };
}

/** All but what is a deviation, since the last time: one line each. Empties the list. */
export async function takeFindings(): Promise<string[]> {
  for (const reader of readers) await reader.check();
  const lines = found.filter((finding) => !deviationOf(finding)).map(findingText);
  found = [];
  return [...new Set(lines)];
}

/** For spans of other processes: how they were started, and their parents, is not known. */
export function checkSpans(spans: readonly CheckedSpan[]): void {
  for (const span of spans) found.push(...spanFindings(span, undefined, { declared }));
}

interface Start {
  readonly attributes: Attributes;
  readonly parent: ReadableSpan | undefined;
}

const starts = new WeakMap<ReadableSpan, Start>();

/** To be the first of a provider's processors, so that it sees what a span was started with. */
export class CheckingProcessor implements SpanProcessor {
  onStart(span: Span, context: Context): void {
    // The API's span is the SDK's where it records; what else it may be has no start here.
    const parent = trace.getSpan(context) as Span | undefined;
    starts.set(span, {
      attributes: { ...span.attributes },
      parent: parent && starts.has(parent) && parent.instrumentationScope.name === SCOPE.name ? parent : undefined,
    });
  }

  onEnd(span: ReadableSpan): void {
    const start = starts.get(span);
    const surroundings = { parentAttributes: start?.parent?.attributes, declared };
    found.push(...spanFindings(span, start?.attributes, surroundings));
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** One of a provider's readers, which reads when a test has ended and when the provider shuts down. */
export class CheckingReader extends MetricReader {
  constructor() {
    super();
    readers.add(this);
  }

  async check(): Promise<void> {
    const { resourceMetrics } = await this.collect();
    found.push(...metricFindings(resourceMetrics, declared));
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {
    readers.delete(this);
    await this.check();
  }
}
