/**
 * The documented limits that the simulation uses, each with the page that states it.
 */

/**
 * The defaults of `BatchSpanProcessor`.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#batch-span-processor
 */
export const PROCESSOR = { queueSize: 2_048, batchSize: 512, delayMs: 5_000 } as const;

/**
 * Spans a second that one processor core of a Collector takes, without tail sampling: the sizing page of Splunk's
 * distribution. OpenTelemetry publishes no such number, and says to measure.
 * https://help.splunk.com/splunk-observability-cloud/manage-data/splunk-distribution-of-the-opentelemetry-collector/get-started-with-the-splunk-distribution-of-the-opentelemetry-collector/collector-requirements/sizing-and-scaling
 */
export const SPANS_OF_A_COLLECTOR_CORE = 15_000;

/**
 * The defaults of the `tail_sampling` processor.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
 */
export const TAIL_SAMPLING = { decisionWaitSeconds: 30, numTraces: 50_000 } as const;

/**
 * The default of the `batch` processor: spans of a batch, and the longest wait.
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/batchprocessor
 */
export const COLLECTOR_BATCH = { size: 8_192, delayMs: 200 } as const;
