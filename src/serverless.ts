/**
 * Exports the spans of serverless functions before these freeze. A function may freeze right after its answer. So this
 * entry flushes when the last open AI span of an invocation has ended. It also
 * ends the open runs of a process that gets a signal to stop. See docs/guide/serverless.md.
 *
 * @module
 */
import type { TracerProvider } from "@opentelemetry/api";
import { contain } from "./foundation/containment.ts";
import { checkDelay, checkOptionNames, refuseOption } from "./foundation/option-checks.ts";
import { asRecord, isConstructor, isFunction } from "./foundation/structure.ts";
import { isWorkersRuntime } from "./foundation/workers.ts";
import { withPropertiesOf } from "./serverless/handler-properties.ts";
import { InvocationFlush, type FlushSettings } from "./serverless/invocation-flush.ts";
import { endAndFlush } from "./serverless/end-and-flush.ts";
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
import { keepOpenWork } from "./spans/open-work.ts";

export type { Flushable } from "./serverless/providers.ts";
export type { BatchSpanProcessorClass, ServerlessSpanProcessor } from "./serverless/span-processor.ts";
export type { WaitUntil, WaitUntilOwner } from "./serverless/wait-until.ts";

/** The options of `flushAfter` and `flushHandler`. */
export interface FlushOptions {
  /**
   * Keeps this invocation alive: the function, or the object that has it as a method (Cloudflare's `ctx`). Default: the
   * platform's function for this request (Vercel, hosts of Next.js, Netlify, Supabase, Cloudflare). If there is none,
   * the result waits for the flush.
   */
  readonly waitUntil?: WaitUntil | WaitUntilOwner | undefined;
  /**
   * The providers to flush: those of an OpenTelemetry SDK, or the result of `trace.getTracerProvider()`. Default: the
   * tracer provider and the meter provider that are registered with `@opentelemetry/api`.
   */
  readonly provider?: Flushable | TracerProvider | readonly (Flushable | TracerProvider)[] | undefined;
  /**
   * How many milliseconds to wait for open spans after the work has settled. When a chunk of a response's body is read,
   * the time starts again. While the reader waits for a chunk, the time does not run. The exporters get at most the
   * same time again. Default: 10,000.
   */
  readonly timeoutMs?: number | undefined;
}

/** The options of `createServerlessSpanProcessor`. */
export interface ServerlessSpanProcessorOptions {
  /**
   * Milliseconds after which the SDK and `forceFlush` stop waiting for an export. Default: the value of the environment
   * variable `OTEL_BSP_EXPORT_TIMEOUT`, or else 30,000, which is OpenTelemetry's default.
   */
  readonly exportTimeoutMillis?: number | undefined;
}

/** The options of `endOpenRuns`. */
export interface EndOpenRunsOptions {
  /** The providers to flush, as for `flushAfter`. */
  readonly provider?: FlushOptions["provider"];
  /** Milliseconds to wait for the exporters. Default 5,000: `docker stop` waits 10 seconds before it kills. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_END_TIMEOUT_MS = 5_000;

// A Worker's isolate never gets a signal to stop, and the runs of an invocation that was cut off would stay here.
if (!isWorkersRuntime()) keepOpenWork();

/**
 * Runs `work`, and flushes when the last AI span that it opened has ended. Spans of streamed responses and of
 * background work count too. Spans of other invocations are never waited for.
 *
 * If `waitUntil` keeps the invocation alive, the promise resolves with the result at once. Otherwise it resolves after
 * the flush. If a `Response` must be read before its spans can end, the promise also resolves at once. The end of its
 * body then waits for the flush. An exporter that fails or hangs delays the result by `timeoutMs` at most, and
 * never fails the work. No span is ended by this function.
 *
 * @param work an async function, or any other function
 * @returns what `work` returns. Only one value is replaced: a plain `Response` with an unread body that is returned
 *   while a span is open. A `Response` with the same properties and the same body replaces it.
 * @throws TypeError before the work, when `work` is no function, or when an option is unknown or malformed. A promise
 *   is no function, because its work has already started.
 *
 * @example
 * export const POST = (request: Request): Promise<Response> =>
 *   flushAfter(async () => Response.json(await bookingAgent.generate({ prompt: await request.text() })));
 */
export function flushAfter<T>(work: () => T, options?: FlushOptions): Promise<Awaited<T>> {
  const settings = resolveSettings("flushAfter", options);
  if (typeof work !== "function") throw new TypeError("flushAfter: work must be a function");
  return runAndFlush(work, { ...settings, waitUntil: settings.waitUntil ?? platformWaitUntil() });
}

/**
 * Wraps a handler. Each of its invocations is flushed as by `flushAfter`. `waitUntil` is also looked for in the
 * handler's arguments: in Cloudflare's `ctx`, Netlify's `context`, or a fetch event.
 *
 * The result has the properties of the handler. So both `flushHandler(awslambda.streamifyResponse(handler))` and
 * `awslambda.streamifyResponse(flushHandler(handler))` work. A property that is written to the result later never
 * reaches the handler.
 *
 * @returns a function with the arguments of the handler
 * @throws TypeError when `handler` is no function, or when an option is unknown or malformed
 *
 * @example
 * export const handler = flushHandler(async (event: { prompt: string }) => bookingAgent.generate(event));
 */
export function flushHandler<Args extends unknown[], Result>(
  handler: (...args: Args) => Result,
  options?: FlushOptions,
): (...args: Args) => Promise<Awaited<Result>> {
  const settings = resolveSettings("flushHandler", options);
  if (typeof handler !== "function") throw new TypeError("flushHandler: handler must be a function");
  // A function written as a method has no `prototype`. Most handlers have none either.
  const { flushing } = {
    flushing(this: unknown, ...args: Args): Promise<Awaited<Result>> {
      const waitUntil = settings.waitUntil ?? waitUntilAmong(args) ?? platformWaitUntil();
      return runAndFlush(() => Reflect.apply(handler, this, args), { ...settings, waitUntil });
    },
  };
  return withPropertiesOf(handler, flushing);
}

/**
 * Ends all runs that are open in the process, and the tools of `wrapTool` that run, then flushes. For a process that
 * gets a signal to stop (SIGTERM). Each open span ends once, inner spans first, as canceled with the cause `shutdown`. It
 * keeps what was known before: tokens, ids, the response's model.
 *
 * The application's work goes on: no stream is closed and no request is aborted. What an ended run still does opens no
 * span. Runs that start during the flush end, too. A second call finds only runs that have started since the first.
 * Runs of all copies of ai-spans end, by the wrapper and by the adapter. A run that started before this module was loaded does not, so import it at the start of the
 * program. In Cloudflare Workers nothing ends, because no isolate gets a signal to stop.
 *
 * @returns a promise that resolves after `forceFlush` of the providers, or after `timeoutMs`. It never rejects: a
 *   failure of a provider and a malformed option are reported to `diag`, and the defaults hold then
 *
 * @example
 * process.once("SIGTERM", () => void endOpenRuns().then(() => process.exit()));
 */
export async function endOpenRuns(options?: EndOpenRunsOptions): Promise<void> {
  const settings = contain("options of endOpenRuns", () => endSettings(options)) ?? endSettings();
  await endAndFlush(settings.providers, settings.timeoutMs);
}

/**
 * Creates the SDK's `BatchSpanProcessor` with settings for functions that may freeze. A batch has at most 32 spans and
 * is sent after 100 milliseconds at most. So few spans wait at any time. Its `forceFlush` also waits for batches that
 * are being sent. The SDK's `forceFlush` does not.
 *
 * @param exporter a span exporter
 * @param BatchSpanProcessor the class of your SDK: of `@opentelemetry/sdk-trace-base` 2 or `@opentelemetry/sdk-trace`
 *   3. Default: the class of the SDK that is installed beside this package. The default needs a runtime with `require`
 *   (Node, Bun, Deno) and no bundler.
 * @throws TypeError when `exporter` has no `export` method, when there is no class, or when an option is unknown or
 *   malformed
 *
 * @example
 * const processor = createServerlessSpanProcessor(new OTLPTraceExporter(), BatchSpanProcessor);
 * trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
 */
export function createServerlessSpanProcessor(
  exporter: object,
  BatchSpanProcessor?: undefined,
  options?: ServerlessSpanProcessorOptions,
): ServerlessSpanProcessor;
/**
 * Creates the processor with the class of your SDK, and returns its type. Otherwise the same as the first signature.
 */
export function createServerlessSpanProcessor<Processor extends Flushable>(
  exporter: object,
  BatchSpanProcessor: BatchSpanProcessorClass<Processor>,
  options?: ServerlessSpanProcessorOptions,
): Processor;
export function createServerlessSpanProcessor(
  exporter: object,
  passedClass?: unknown,
  options: ServerlessSpanProcessorOptions = {},
): Flushable {
  const caller = "createServerlessSpanProcessor";
  if (!isFunction(asRecord(exporter)?.export)) {
    throw new TypeError(`${caller}: exporter must have an export method`);
  }
  const BatchSpanProcessor = passedClass ?? installedProcessorClass();
  if (!isConstructor(BatchSpanProcessor)) {
    throw new TypeError(`${caller}: BatchSpanProcessor must be the class of your SDK`);
  }
  checkOptionNames(caller, options, PROCESSOR_OPTION_NAMES);
  const { exportTimeoutMillis } = options;
  if (exportTimeoutMillis !== undefined) checkDelay(caller, "exportTimeoutMillis", exportTimeoutMillis);
  // It is not checked whether this is the class of a processor, because only the SDK uses its instances.
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
const END_OPTION_NAMES = ["provider", "timeoutMs"] as const;
const PROCESSOR_OPTION_NAMES = ["exportTimeoutMillis"] as const;

function resolveSettings(caller: string, options: FlushOptions = {}): FlushSettings {
  checkOptionNames(caller, options, FLUSH_OPTION_NAMES);
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const waitUntil = asWaitUntil(options.waitUntil);
  if (options.waitUntil !== undefined && !waitUntil)
    refuseOption(caller, "waitUntil", "must be a function or have one");
  const providers = providersOf(caller, options.provider);
  checkDelay(caller, "timeoutMs", timeoutMs);
  return { waitUntil, providers, timeoutMs };
}

function endSettings(options: EndOpenRunsOptions = {}): Omit<FlushSettings, "waitUntil"> {
  checkOptionNames("endOpenRuns", options, END_OPTION_NAMES);
  const { timeoutMs = DEFAULT_END_TIMEOUT_MS } = options;
  checkDelay("endOpenRuns", "timeoutMs", timeoutMs);
  return { providers: providersOf("endOpenRuns", options.provider), timeoutMs };
}

function providersOf(caller: string, provider: FlushOptions["provider"]): FlushSettings["providers"] {
  if (provider === undefined) return undefined;
  const providers: readonly unknown[] = [provider].flat();
  if (!providers.every(isFlushable)) refuseOption(caller, "provider", "must have a forceFlush method");
  return providers;
}
