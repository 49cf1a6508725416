/**
 * Whether a span or a metric would be recorded.
 */
import { trace, type ProxyTracerProvider, type TracerProvider } from "@opentelemetry/api";
import { checkRegistrations } from "./registration.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "./instrumentation-scope.ts";
import type { Tracing } from "./tracing.ts";

/**
 * @returns a function that returns whether a tracer provider or a meter provider is registered, or was passed as an
 *   option
 */
export function recordingCheck(tracing: Tracing): () => boolean {
  /** The provider that was registered at the last check. */
  let registered: TracerProvider | undefined;
  const hasTracerProvider = (): boolean => {
    if (tracing.options.tracerProvider) return true;
    const provider: TracerProvider & Partial<ProxyTracerProvider> = trace.getTracerProvider();
    if (provider === registered) return true;
    // Without a registration the API returns a proxy provider, and the proxy has no tracer to delegate to.
    const isEmpty =
      provider.getDelegateTracer?.(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION) === undefined;
    if (isEmpty && provider.getDelegateTracer) {
      checkRegistrations();
      return false;
    }
    registered = provider;
    return true;
  };
  return () => hasTracerProvider() || tracing.instruments !== undefined;
}
