/**
 * Flushes the providers that the caller passes, or those that are registered with the API. Their failures are
 * reported to `diag` and reach nobody else.
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
 * @param providers default: the providers that are registered at the call
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
    // A provider of OpenTelemetry's SDK rejects with a list, one error for each of its processors.
    report("forceFlush", Array.isArray(error) ? error[0] : error);
  }
}

/**
 * Whether a provider can be flushed, now or later: the API's proxy gets its delegate when a provider is registered.
 */
export function isFlushable(provider: unknown): boolean {
  const flushable = asRecord(provider);
  return isFunction(flushable?.forceFlush) || isFunction(flushable?.getDelegate);
}

/** The API returns a proxy of the tracer provider. Its delegate has `forceFlush`. */
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
