// A span processor that keeps every span, and what was reported to `diag`. A module, so that what a neighbor loads before
// the program has the same one.
import { diag, DiagLogLevel } from "@opentelemetry/api";

const started = [];
const reports = [];

/** For a neighbor that registers a tracer provider of its own. */
export const recorder = {
  onStart: (span) => void started.push(span),
  onEnd() {},
  async forceFlush() {},
  async shutdown() {},
};

export function recordReports() {
  const report = (message, ...more) => void reports.push([message, ...more].map(String).join(" "));
  const silent = () => {};
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

/** Of ai-spans: a neighbor may leave its own open for good. */
export function hasOpenSpans() {
  return started.some((span) => !span.ended && span.instrumentationScope.name === "ai-spans");
}

/** @returns what was reported since the last time */
export const takeReports = () => reports.splice(0);

/** @returns the spans that started since the last time, in order of their starts */
export function takeSpans() {
  return started.splice(0).map((span) => ({
    instrumentationScope: span.instrumentationScope,
    name: span.name,
    kind: span.kind,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    ...(span.parentSpanContext ? { parentSpanId: span.parentSpanContext.spanId } : {}),
    attributes: span.attributes,
    status: span.status,
    events: span.events.map(({ name }) => ({ name })),
    links: span.links.map(({ attributes = {} }) => ({ attributes })),
    hasEnded: span.ended,
  }));
}
