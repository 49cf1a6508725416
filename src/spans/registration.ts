/**
 * Finds a tracer provider that our copy of `@opentelemetry/api` ignores, because another copy has registered it. A copy
 * accepts a registration of its major version that has the same or a later minor version (`global-utils.ts`, 1.9.1).
 */
import {
  trace,
  type DiagLogger,
  type MeterProvider,
  type ProxyTracerProvider,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain, warnOnce } from "../foundation/containment.ts";
import { INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION } from "./instrumentation-scope.ts";

/** The registrations with one major version of the API. All copies of that major version share them. */
interface Registrations {
  readonly trace?: unknown;
  readonly diag?: Pick<DiagLogger, "warn">;
}

/** The symbols on `globalThis` under which versions 1 and 2 of the API store their registrations. */
const KEYS: readonly symbol[] = [1, 2].map((major) => Symbol.for(`opentelemetry.js.api.${major}`));
const shared = globalThis as { readonly [key: symbol]: Registrations | undefined };

const MESSAGE =
  "nothing is recorded: the tracer provider is registered with another version of @opentelemetry/api, which the copy that ai-spans loads does not accept; install one version for both, 1.9 or later";

let isReported = false;

/**
 * Warns once of a provider that another copy of the API has registered and ours ignores. Called when a span is invalid,
 * which means that our copy has no provider. Maybe only the other copy has a logger, so the warning goes to the loggers
 * of both.
 */
export function checkRegistrations(): void {
  if (isReported) return;
  for (const key of KEYS) {
    const registered = shared[key];
    if (!registered?.trace || registered.trace === trace.getTracerProvider()) continue;
    isReported = true;
    warnOnce(MESSAGE);
    contain("registration", () => registered.diag?.warn(MESSAGE));
  }
}

/** Whether a tracer provider is registered, with our copy of the API or with another. */
export function hasTracerProvider(): boolean {
  return KEYS.some((key) => shared[key]?.trace !== undefined);
}

/**
 * Whether a copy of the API returns this provider because no provider is registered with it: a proxy that has no
 * provider. The check works for each copy of the API in the process.
 */
export function isUnregistered(provider: TracerProvider & Partial<ProxyTracerProvider>): boolean {
  const isEmptyProxy = contain("registration", () =>
    provider.getDelegateTracer
      ? provider.getDelegateTracer(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION) === undefined
      : undefined,
  );
  return isEmptyProxy === true;
}

/** The same for meters. There the API returns a provider that has one meter for every scope. */
export function isUnregisteredMeterProvider(provider: MeterProvider): boolean {
  const isSameMeter = contain(
    "registration",
    () =>
      provider.getMeter(INSTRUMENTATION_SCOPE_NAME, INSTRUMENTATION_SCOPE_VERSION) ===
      provider.getMeter(INSTRUMENTATION_SCOPE_NAME),
  );
  return isSameMeter === true;
}

/** Whether a logger for `diag` is registered, with our copy of the API or with another. */
export function hasLogger(): boolean {
  return KEYS.some((key) => shared[key]?.diag !== undefined);
}
