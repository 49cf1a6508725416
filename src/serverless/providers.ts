/**
 * Flushes the providers that are registered with the API, or those that are given. Their failures are reported to `diag`,
 * and reach nobody else.
 */
import { metrics, trace } from "@opentelemetry/api";
import { contain, report, warn } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { isDoneWithin } from "./deadline.ts";

/** A tracer or meter provider of an OpenTelemetry SDK, or anything else that keeps telemetry back. */
export interface Flushable {
  forceFlush(): Promise<unknown>;
}

/**
 * Never rejects.
 *
 * @param given instead of the providers that are registered when this is called
 */
export async function flushProviders(
  given: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<void> {
  const providers = given ?? [
    contain("tracer provider", () => trace.getTracerProvider()),
    contain("meter provider", () => metrics.getMeterProvider()),
  ];
  const isDone = await isDoneWithin(timeoutMs, Promise.all(providers.map(flushOne)));
  if (!isDone) warn(`forceFlush is not done after ${timeoutMs} ms`);
}

async function flushOne(provider: unknown): Promise<void> {
  try {
    await flushOf(provider)?.();
  } catch (error) {
    report("forceFlush", error);
  }
}

/** Whether it can be flushed, now or once it has a delegate: the API's proxy gets one when a provider is registered. */
export function isFlushable(provider: unknown): boolean {
  const flushable = asRecord(provider);
  return isFunction(flushable?.forceFlush) || isFunction(flushable?.getDelegate);
}

/** The API gives a proxy of the tracer provider. */
function flushOf(provider: unknown): (() => unknown) | undefined {
  const own = asRecord(provider);
  const delegate = isFunction(own?.getDelegate) ? asRecord(own.getDelegate()) : undefined;
  for (const owner of [own, delegate]) {
    const flush: unknown = owner?.forceFlush;
    if (isFunction(flush)) return () => flush.call(owner);
  }
  return undefined;
}
