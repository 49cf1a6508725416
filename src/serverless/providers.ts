/**
 * Flushes the providers behind the API or those that are given. Their failures are reported, and never get out.
 */
import { metrics, trace } from "@opentelemetry/api";
import { contain, report, warn } from "../containment.ts";
import { asRecord, isFunction } from "../readers/structure.ts";
import { isDoneWithin } from "./deadline.ts";

/** A tracer or meter provider of an OpenTelemetry SDK, or anything else that keeps telemetry back. */
export interface Flushable {
  forceFlush(): Promise<unknown>;
}

/** @param given instead of the providers that are registered when this is called */
export async function flushProviders(
  given: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<void> {
  const providers = given ?? [trace.getTracerProvider(), metrics.getMeterProvider()];
  const flushes = providers.map(async (provider) => {
    try {
      await contain("forceFlush", () => flushOf(provider))?.();
    } catch (error) {
      report("forceFlush", error);
    }
  });
  const isDone = await isDoneWithin(timeoutMs, Promise.all(flushes));
  if (!isDone) warn(`forceFlush is not done after ${timeoutMs} ms`);
}

/** The API hands out a proxy of the tracer provider. */
function flushOf(provider: unknown): (() => unknown) | undefined {
  const own = asRecord(provider);
  const delegate = isFunction(own?.getDelegate) ? asRecord(own.getDelegate()) : undefined;
  for (const owner of [own, delegate]) {
    const flush: unknown = owner?.forceFlush;
    if (isFunction(flush)) return () => flush.call(owner);
  }
  return undefined;
}
