/**
 * What every provider of a test process is built with besides its own. Imports no SDK at run time: it is read while the
 * SDK's modules load.
 */
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";

export const additions: { spanProcessors: () => SpanProcessor[]; readers: () => IMetricReader[] } = {
  spanProcessors: () => [],
  readers: () => [],
};
