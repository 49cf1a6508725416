/**
 * Finds a tracer provider that our copy of `@opentelemetry/api` ignores, because another copy has registered it. The API
 * accepts a registration of the same major version and of the same or a later minor version (`global-utils.ts`, 1.9.1).
 */
import {
  trace,
  type DiagLogger,
  type MeterProvider,
  type ProxyTracerProvider,
  type TracerProvider,
} from "@opentelemetry/api";
import { contain, warnOnce } from "../foundation/containment.ts";
import { SCOPE_NAME, SCOPE_VERSION } from "./scope.ts";

/** The registrations of one major version, which all copies of the API share. */
interface Registrations {
  readonly trace?: unknown;
  readonly diag?: Pick<DiagLogger, "warn">;
}

/** The key of each major version of the API. */
const KEYS: readonly symbol[] = [1, 2].map((major) => Symbol.for(`opentelemetry.js.api.${major}`));
const shared = globalThis as { readonly [key: symbol]: Registrations | undefined };

const MESSAGE =
  "nothing is recorded: the tracer provider is registered with another version of @opentelemetry/api, which the copy that ai-spans loads does not accept; install one version for both, 1.9 or later";

let isReported = false;

/**
 * Reports such a provider once. Called when a span is invalid, so that our copy has no provider. The other copy may have a
 * logger where ours has none, so both are used.
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

/** Whether a tracer provider is registered, with this copy of the API or with another. */
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
      ? provider.getDelegateTracer(SCOPE_NAME, SCOPE_VERSION) === undefined
      : undefined,
  );
  return isEmptyProxy === true;
}

/** The same for meters. There the API returns a provider that has one meter for every scope. */
export function isUnregisteredMeterProvider(provider: MeterProvider): boolean {
  const isSameMeter = contain(
    "registration",
    () => provider.getMeter(SCOPE_NAME, SCOPE_VERSION) === provider.getMeter(SCOPE_NAME),
  );
  return isSameMeter === true;
}

/** Whether a logger for `diag` is registered. */
export function hasLogger(): boolean {
  return KEYS.some((key) => shared[key]?.diag !== undefined);
}
