// A span processor that keeps every span, and the reports to `diag`. It is a separate module, so that a neighbor that
// loads before the program shares it.
import { diag, DiagLogLevel } from "@opentelemetry/api";

const started = [];
const reports = [];

/** A neighbor that registers its own tracer provider adds this processor. */
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

/** Whether spans of ai-spans are open. A neighbor may never end its spans. */
export function hasOpenSpans() {
  return started.some((span) => !span.ended && span.instrumentationScope.name === "ai-spans");
}

/** @returns the reports since the last call */
export const takeReports = () => reports.splice(0);

/** @returns the spans that started since the last call, in order of their starts */
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
