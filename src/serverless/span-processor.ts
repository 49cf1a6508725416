/**
 * The SDK's batching, set for functions that may freeze at any moment, and a flush that waits for every export. Knows
 * no SDK: it is handed its class.
 */
import { builtinModule } from "../builtin-module.ts";
import { contained } from "../containment.ts";
import { asRecord, isFunction } from "../readers/structure.ts";
import type { Flushable } from "./providers.ts";

const BATCHES = { maxExportBatchSize: 32, scheduledDelayMillis: 100 };

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

export function batchSpanProcessor<Processor extends Flushable>(
  exporter: object,
  BatchSpanProcessor: BatchSpanProcessorClass<Processor>,
): Processor {
  const running = new Set<Promise<unknown>>();
  const given = asRecord(exporter);
  const watched: Record<string, unknown> = { ...BATCHES };
  watched.exporter = watched;
  for (const name of ["export", "forceFlush", "shutdown"]) {
    const method = given?.[name];
    if (isFunction(method)) watched[name] = (...args: unknown[]): unknown => method.apply(exporter, args);
  }
  watched.export = (spans: unknown, done?: unknown): unknown => {
    let onDone = (): void => {};
    const exported = new Promise<void>((resolve) => (onDone = resolve));
    running.add(exported);
    void exported.then(contained("export", () => running.delete(exported)));
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
  const processor: Processor = Reflect.construct(BatchSpanProcessor, [watched, { ...BATCHES }]);
  const flush = processor.forceFlush;
  // The SDK's flush does not wait for a batch that its timer has sent already. What it rejects with is the caller's to see.
  processor.forceFlush = async () => {
    await Promise.all([isFunction(flush) ? flush.call(processor) : undefined, ...running]);
  };
  return processor;
}
