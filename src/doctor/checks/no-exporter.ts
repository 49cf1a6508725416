/** Finds a tracer provider without a span processor. */
import type { Check } from "../check.ts";

export const noExporter: Check = {
  id: "no-exporter",
  lookedAt: "the span processors of the tracer provider",
  means: "Spans are recorded, and go nowhere.",
  toDo: "Pass a span processor with an exporter to the provider: `new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })`.",
  examine({ exporters, ledger: { counts, withoutProvider } }) {
    if (counts.started === withoutProvider) return { unknown: "no provider has made a span" };
    if (exporters.hasProcessor) return undefined;
    return exporters.isKnownSDK
      ? { found: "the tracer provider has no span processor" }
      : { unknown: "the tracer provider is not one of OpenTelemetry's SDK 2 or 3" };
  },
};
