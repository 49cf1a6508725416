/**
 * Whether a span or a metric would be recorded.
 */
import { trace, type TracerProvider } from "@opentelemetry/api";
import { checkRegistrations, isUnregistered } from "./registration.ts";
import type { Tracing } from "./tracing.ts";

/**
 * @returns a function that returns whether a tracer provider or a meter provider is registered, or was passed as an
 *   option
 */
export function recordingCheck(tracing: Tracing): () => boolean {
  /** The provider that was registered at the last check. */
  let registered: TracerProvider | undefined;
  const hasUsableProvider = (): boolean => {
    if (tracing.options.tracerProvider) return true;
    const provider = trace.getTracerProvider();
    if (provider === registered) return true;
    if (isUnregistered(provider)) {
      checkRegistrations();
      return false;
    }
    registered = provider;
    return true;
  };
  return () => hasUsableProvider() || tracing.instruments !== undefined;
}
