/**
 * The SDK's batching, set for functions that may freeze at any moment, and a flush that waits for every export. Knows
 * no SDK: it is handed its class.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { LONGEST_TIMER_MS } from "../foundation/timers.ts";
import { isDoneWithin } from "./deadline.ts";
import type { Flushable } from "./providers.ts";

const BATCHES = { maxExportBatchSize: 32, scheduledDelayMillis: 100 };
/** That of OpenTelemetry's processors. */
const DEFAULT_EXPORT_TIMEOUT_MS = 30_000;
const EXPORT_TIMEOUT_VARIABLE = "OTEL_BSP_EXPORT_TIMEOUT";

/** SDK 2 takes the exporter and the options, SDK 3 one object with both: the first argument is both of these. */
export type BatchSpanProcessorClass<Processor> = new (...args: never[]) => Processor;

/** What an SDK asks of a processor, by structure. */
export interface ServerlessSpanProcessor extends Flushable {
  forceFlush(): Promise<void>;
  onStart(span: unknown, parentContext: unknown): void;
  onEnd(span: unknown): void;
  shutdown(): Promise<void>;
}

/** Of a CommonJS module, which has no `import.meta.url`. */
declare const __filename: string;

/** The packages that have the class, of SDK 2 and of SDK 3. */
const SDK_PACKAGES = ["@opentelemetry/sdk-trace-base", "@opentelemetry/sdk-trace"];

/** The class of the SDK that is installed beside us, where the runtime has a `require` (Node, Bun, Deno). */
export function installedProcessorClass(): unknown {
  const createRequire = builtinModule("node:module")?.createRequire;
  if (!isFunction(createRequire)) return undefined;
  for (const ownPath of [() => __filename, () => import.meta.url]) {
    for (const name of SDK_PACKAGES) {
      try {
        const load = createRequire(ownPath());
        const found = isFunction(load) ? asRecord(load(name))?.BatchSpanProcessor : undefined;
        if (found) return found;
      } catch {
        // The package is not installed, or a bundle has no such path, or one that is no file's.
      }
    }
  }
  return undefined;
}

/** What OpenTelemetry's environment variable says, which SDK 2 reads and SDK 3 leaves to its set-up. */
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
  const given = asRecord(exporter);
  const options = { ...BATCHES, exportTimeoutMillis };
  const watched: Record<string, unknown> = { ...options };
  watched.exporter = watched;
  for (const name of ["export", "forceFlush", "shutdown"]) {
    const method = given?.[name];
    if (isFunction(method)) watched[name] = (...args: unknown[]): unknown => method.apply(exporter, args);
  }
  watched.export = (spans: unknown, done?: unknown): unknown => {
    let onDone = (): void => {};
    const exported = new Promise<void>((resolve) => (onDone = resolve));
    // The SDK waits no longer either: one whose answer is lost holds up no flush for ever.
    const waited = isDoneWithin(exportTimeoutMillis, exported);
    running.add(waited);
    void waited.then(contained("export", () => running.delete(waited)));
    const onResult = (result: unknown): void => {
      onDone();
      if (isFunction(done)) done(result);
    };
    try {
      return isFunction(given?.export) ? given.export.call(exporter, spans, onResult) : undefined;
    } catch (error) {
      onDone();
      throw error;
    }
  };
  const processor: Processor = Reflect.construct(BatchSpanProcessor, [watched, options]);
  const flush = processor.forceFlush;
  // The SDK's flush does not wait for a batch that its timer has sent already. What it rejects with is the caller's to see.
  processor.forceFlush = async () => {
    await Promise.all([isFunction(flush) ? flush.call(processor) : undefined, ...running]);
  };
  return processor;
}
