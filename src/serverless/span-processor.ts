/**
 * Creates a `BatchSpanProcessor` for functions that may freeze at any moment. Batches are small, and a flush waits for
 * every export. This file imports no SDK: the caller passes the SDK's class.
 */
import { contain, contained } from "../foundation/containment.ts";
import { BESIDE_US, findInstalled } from "../foundation/installed-package.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { LONGEST_TIMER_MS } from "../foundation/timers.ts";
import { isDoneWithin } from "./deadline.ts";
import type { Flushable } from "./providers.ts";

const BATCHES = { maxExportBatchSize: 32, scheduledDelayMillis: 100 };
/** The default export timeout of OpenTelemetry's processors. */
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000;
const EXPORT_TIMEOUT_VARIABLE = "OTEL_BSP_EXPORT_TIMEOUT";

/**
 * The constructor of a `BatchSpanProcessor`. SDK 2 takes the exporter and the options as two arguments. SDK 3 takes one
 * object with both. Our first argument works for both: it is an exporter that also has the options.
 */
export type BatchSpanProcessorClass<Processor> = new (...args: never[]) => Processor;

/** The methods that an SDK calls on a span processor. */
export interface ServerlessSpanProcessor extends Flushable {
  forceFlush(): Promise<void>;
  onStart(span: unknown, parentContext: unknown): void;
  onEnd(span: unknown): void;
  shutdown(): Promise<void>;
}

/** The packages that export `BatchSpanProcessor`, of SDK 2 and of SDK 3. */
const SDK_PACKAGES = ["@opentelemetry/sdk-trace-base", "@opentelemetry/sdk-trace"];

/**
 * The `BatchSpanProcessor` of the SDK that is installed beside ai-spans. It is found only on runtimes with
 * `createRequire` (Node, Bun, Deno).
 */
export function installedProcessorClass(): unknown {
  for (const name of SDK_PACKAGES) {
    const found = findInstalled(BESIDE_US, (require) => asRecord(require(name))?.BatchSpanProcessor);
    if (found) return found;
  }
  return undefined;
}

/**
 * The export timeout in OpenTelemetry's environment variable. SDK 3 does not read the variable in the processor, so it
 * is read here.
 */
function exportTimeoutOfEnvironment(): number {
  const variable = contain("environment", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    return Number(asRecord(process?.env)?.[EXPORT_TIMEOUT_VARIABLE]);
  });
  return variable && variable > 0 && variable <= LONGEST_TIMER_MS ? variable : DEFAULT_EXPORT_TIMEOUT_MS;
}

export function batchSpanProcessor<Processor extends Flushable>(
  exporter: object,
  BatchSpanProcessor: BatchSpanProcessorClass<Processor>,
  exportTimeoutMillis = exportTimeoutOfEnvironment(),
): Processor {
  const running = new Set<Promise<unknown>>();
  const exporterMethods = asRecord(exporter);
  const options = { ...BATCHES, exportTimeoutMillis };
  const observedExporter: Record<string, unknown> = { ...options };
  observedExporter.exporter = observedExporter;
  for (const name of ["export", "forceFlush", "shutdown"]) {
    const method = exporterMethods?.[name];
    if (isFunction(method))
      observedExporter[name] = (...args: unknown[]): unknown => method.apply(exporter, args);
  }
  observedExporter.export = (spans: unknown, done?: unknown): unknown => {
    let onDone = (): void => {};
    const exported = new Promise<void>((resolve) => (onDone = resolve));
    // The SDK stops waiting for an export after the same time. So an export that never calls back cannot block a flush
    // forever.
    const exportOrTimeout = isDoneWithin(exportTimeoutMillis, exported);
    running.add(exportOrTimeout);
    void exportOrTimeout.then(contained("export", () => running.delete(exportOrTimeout)));
    const onResult = (result: unknown): void => {
      onDone();
      if (isFunction(done)) done(result);
    };
    try {
      return isFunction(exporterMethods?.export)
        ? exporterMethods.export.call(exporter, spans, onResult)
        : undefined;
    } catch (error) {
      onDone();
      throw error;
    }
  };
  const processor: Processor = Reflect.construct(BatchSpanProcessor, [observedExporter, options]);
  const flush = processor.forceFlush;
  // The SDK's flush does not wait for a batch that its timer has already started to send, so we wait for it. If the
  // SDK's flush rejects, the caller gets the rejection.
  processor.forceFlush = async () => {
    await Promise.all([isFunction(flush) ? flush.call(processor) : undefined, ...running]);
  };
  return processor;
}
