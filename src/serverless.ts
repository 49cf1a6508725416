/**
 * Loses no span when a serverless function freezes: flushes after the last open AI span of an invocation. See
 * docs/serverless.md.
 *
 * @module
 */
import type { TracerProvider } from "@opentelemetry/api";
import { checkDelay, checkOptionNames, refuseOption } from "./foundation/option-checks.ts";
import { asRecord, isConstructor, isFunction } from "./foundation/structure.ts";
import { withPropertiesOf } from "./serverless/handler-properties.ts";
import { InvocationFlush, type FlushSettings } from "./serverless/invocation-flush.ts";
import { isFlushable, type Flushable } from "./serverless/providers.ts";
import {
  batchSpanProcessor,
  installedProcessorClass,
  type BatchSpanProcessorClass,
  type ServerlessSpanProcessor,
} from "./serverless/span-processor.ts";
import {
  asWaitUntil,
  platformWaitUntil,
  waitUntilAmong,
  type WaitUntil,
  type WaitUntilOwner,
} from "./serverless/wait-until.ts";

export type { Flushable } from "./serverless/providers.ts";
export type { BatchSpanProcessorClass, ServerlessSpanProcessor } from "./serverless/span-processor.ts";
export type { WaitUntil, WaitUntilOwner } from "./serverless/wait-until.ts";

export interface FlushOptions {
  /**
   * What keeps this invocation alive: the function, or the object that has it (Cloudflare's `ctx`). Default: that of the
   * platform for this request (Vercel, Next.js where it is hosted, Netlify, Supabase); where there is none, the result
   * waits for the flush.
   */
  readonly waitUntil?: WaitUntil | WaitUntilOwner | undefined;
  /**
   * What is flushed: providers of an OpenTelemetry SDK, or what `trace.getTracerProvider()` gives. Default: the tracer and
   * the meter provider registered with `@opentelemetry/api`.
   */
  readonly provider?: Flushable | TracerProvider | readonly (Flushable | TracerProvider)[] | undefined;
  /**
   * Milliseconds to wait for open spans once the work has settled and the body of its response has been read, or is not
   * being read; then as long again, at most, for the exporters. Default 10,000.
   */
  readonly timeoutMs?: number | undefined;
}

export interface ServerlessSpanProcessorOptions {
  /**
   * Milliseconds after which an export that has not answered is not waited for any more, by the SDK and by `forceFlush`.
   * Default: `OTEL_BSP_EXPORT_TIMEOUT`, else 30,000, as of OpenTelemetry.
   */
  readonly exportTimeoutMillis?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Runs `work`, and flushes after the last AI span that it opened has ended: a streamed response included, also what
 * goes on in the background. Spans of other invocations are never waited for.
 *
 * Where something keeps the invocation alive (`waitUntil`), the result comes at once; else when all is flushed. A
 * `Response` that has to be read first comes at once there too, and its end waits. A failing or hanging exporter delays
 * by `timeoutMs` at most and never fails the work; no span is ever ended.
 *
 * @returns what `work` returns. Only a plain `Response` that is to be read while a span is open is another object, which
 *   answers and reads as the one that `work` returned
 * @throws TypeError at once, before the work, when `work` is no function (a promise has begun already), or an option is
 *   unknown or malformed
 */
export function flushAfter<T>(work: () => T, options?: FlushOptions): Promise<Awaited<T>> {
  const settings = resolveSettings("flushAfter", options);
  if (typeof work !== "function") throw new TypeError("flushAfter: work must be a function");
  return runAndFlush(work, { ...settings, waitUntil: settings.waitUntil ?? platformWaitUntil() });
}

/**
 * A handler, each of whose invocations is flushed as by `flushAfter`. `waitUntil` is taken from the handler's own
 * arguments as well: Cloudflare's `ctx`, Netlify's `context`, a fetch event.
 *
 * It has the properties of the handler that it is made of, so `flushHandler(awslambda.streamifyResponse(handler))` works, and
 * `awslambda.streamifyResponse(flushHandler(handler))` too. What is written to it never reaches that handler.
 *
 * @throws TypeError when `handler` is no function, or an option is unknown or malformed
 */
export function flushHandler<Args extends unknown[], Result>(
  handler: (...args: Args) => Result,
  options?: FlushOptions,
): (...args: Args) => Promise<Awaited<Result>> {
  const settings = resolveSettings("flushHandler", options);
  if (typeof handler !== "function") throw new TypeError("flushHandler: handler must be a function");
  // A method has no `prototype` of its own, as most handlers have none.
  const { flushing } = {
    flushing(this: unknown, ...args: Args): Promise<Awaited<Result>> {
      const waitUntil = settings.waitUntil ?? waitUntilAmong(args) ?? platformWaitUntil();
      return runAndFlush(() => Reflect.apply(handler, this, args), { ...settings, waitUntil });
    },
  };
  return withPropertiesOf(handler, flushing);
}

/**
 * The SDK's `BatchSpanProcessor` for functions that may freeze: batches of 32, sent after 100 milliseconds at most, so
 * that little is ever held back; and its `forceFlush` waits for batches that are on their way, which the SDK's does not.
 *
 * @param exporter a span exporter
 * @param BatchSpanProcessor the class of your SDK: of `@opentelemetry/sdk-trace-base` 2 or `@opentelemetry/sdk-trace` 3.
 *   Default: that of the one installed beside this package, which needs a runtime with `require` (Node, Bun, Deno) and no
 *   bundler in between
 * @throws TypeError when `exporter` has no `export` method, there is no class, or an option is unknown or malformed
 */
export function createServerlessSpanProcessor(
  exporter: object,
  BatchSpanProcessor?: undefined,
  options?: ServerlessSpanProcessorOptions,
): ServerlessSpanProcessor;
export function createServerlessSpanProcessor<Processor extends Flushable>(
  exporter: object,
  BatchSpanProcessor: BatchSpanProcessorClass<Processor>,
  options?: ServerlessSpanProcessorOptions,
): Processor;
export function createServerlessSpanProcessor(
  exporter: object,
  given?: unknown,
  options: ServerlessSpanProcessorOptions = {},
): Flushable {
  const caller = "createServerlessSpanProcessor";
  if (!isFunction(asRecord(exporter)?.export)) {
    throw new TypeError(`${caller}: exporter must have an export method`);
  }
  const BatchSpanProcessor = given ?? installedProcessorClass();
  if (!isConstructor(BatchSpanProcessor)) {
    throw new TypeError(`${caller}: BatchSpanProcessor must be the class of your SDK`);
  }
  checkOptionNames(caller, options, PROCESSOR_OPTION_NAMES);
  const { exportTimeoutMillis } = options;
  if (exportTimeoutMillis !== undefined) checkDelay(caller, "exportTimeoutMillis", exportTimeoutMillis);
  // Its own constructor says whether it is a processor's: what it makes is handed on to the SDK alone.
  const Class = BatchSpanProcessor as BatchSpanProcessorClass<Flushable>;
  return batchSpanProcessor(exporter, Class, exportTimeoutMillis);
}

async function runAndFlush<T>(work: () => T, settings: FlushSettings): Promise<Awaited<T>> {
  const flush = new InvocationFlush(settings);
  let result: Awaited<T>;
  try {
    result = await flush.run(work);
  } catch (error) {
    await flush.settle(undefined);
    throw error;
  }
  return flush.settle(result);
}

const FLUSH_OPTION_NAMES = ["waitUntil", "provider", "timeoutMs"] as const;
const PROCESSOR_OPTION_NAMES = ["exportTimeoutMillis"] as const;

function resolveSettings(caller: string, options: FlushOptions = {}): FlushSettings {
  checkOptionNames(caller, options, FLUSH_OPTION_NAMES);
  const { provider, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const waitUntil = asWaitUntil(options.waitUntil);
  if (options.waitUntil !== undefined && !waitUntil)
    refuseOption(caller, "waitUntil", "must be a function or have one");
  const providers: readonly unknown[] | undefined = provider === undefined ? undefined : [provider].flat();
  if (providers && !providers.every(isFlushable)) {
    refuseOption(caller, "provider", "must have a forceFlush method");
  }
  checkDelay(caller, "timeoutMs", timeoutMs);
  return { waitUntil, providers, timeoutMs };
}
