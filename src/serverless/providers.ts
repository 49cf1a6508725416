/**
 * Flushes the providers that the caller passes, or else those that are registered with the API. Errors of providers are
 * only reported to `diag`.
 */
import { metrics, trace } from "@opentelemetry/api";
import { contain, report, warn } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { isDoneWithin } from "./deadline.ts";

/** A tracer or meter provider of an OpenTelemetry SDK, or another object that buffers telemetry. */
export interface Flushable {
  forceFlush(): Promise<unknown>;
}

/**
 * Never rejects.
 *
 * @param providers default: the providers that are registered when the function is called
 */
export async function flushProviders(
  providers: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<void> {
  const flushed = providers ?? [
    contain("tracer provider", () => trace.getTracerProvider()),
    contain("meter provider", () => metrics.getMeterProvider()),
  ];
  const isDone = await isDoneWithin(timeoutMs, Promise.all(flushed.map(flushOne)));
  if (!isDone) warn(`forceFlush has not finished after ${timeoutMs} ms`);
}

async function flushOne(provider: unknown): Promise<void> {
  try {
    await flushOf(provider)?.();
  } catch (error) {
    // A provider of the OpenTelemetry SDK rejects with a list that has one error per processor. The first is reported.
    report("forceFlush", Array.isArray(error) ? error[0] : error);
  }
}

/**
 * Whether a provider can be flushed now or later. The API's proxy can be flushed later: it gets its delegate when a
 * provider is registered.
 */
export function isFlushable(provider: unknown): boolean {
  const flushable = asRecord(provider);
  return isFunction(flushable?.forceFlush) || isFunction(flushable?.getDelegate);
}

/**
 * Returns a function that flushes the provider. The API returns a proxy as tracer provider, and only the proxy's
 * delegate has `forceFlush`.
 */
function flushOf(provider: unknown): (() => unknown) | undefined {
  const proxyOrProvider = asRecord(provider);
  const delegate = isFunction(proxyOrProvider?.getDelegate)
    ? asRecord(proxyOrProvider.getDelegate())
    : undefined;
  for (const owner of [proxyOrProvider, delegate]) {
    const flush: unknown = owner?.forceFlush;
    if (isFunction(flush)) return () => flush.call(owner);
  }
  return undefined;
}
