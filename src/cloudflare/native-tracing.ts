/**
 * The spans of Cloudflare's runtime behind one interface, whatever its build offers: `enterSpan` alone (April 2026),
 * `startActiveSpan` and `end` (summer), `startSpan`, `getActiveSpan` and `setStatus` (October), `withActiveSpan`
 * (November). Imports nothing of the runtime, so that it loads anywhere.
 */
import { builtinModule } from "../builtin-module.ts";
import { asRecord, isFunction, type UnknownRecord } from "../readers/structure.ts";

/** Runs work with a span active. */
export type Enter = <T>(work: () => T) => T;

/** A span that was started. */
export interface NativeHandle {
  readonly native: UnknownRecord;
  /** Absent where the runtime has no way to it: without AsyncLocalStorage. */
  readonly enter: Enter | undefined;
  end(): void;
}

/** Calls a method where there is one. */
export function callNative(owner: UnknownRecord | undefined, name: string, ...args: unknown[]): unknown {
  const method = owner?.[name];
  return isFunction(method) ? Reflect.apply(method, owner, args) : undefined;
}

/** Cloudflare's `tracing`, or `undefined` in any other runtime. */
export function nativeTracing(): UnknownRecord | undefined {
  return asRecord(builtinModule("cloudflare:workers")?.tracing);
}

/** Starts a span below the one that is active; `undefined` where nothing is traced. */
export function startNative(tracing: UnknownRecord, name: string): NativeHandle | undefined {
  let started: NativeHandle | undefined;
  let finish: (() => void) | undefined;
  const canEnter = isFunction(tracing.withActiveSpan);
  const take = (given: unknown): unknown => {
    const native = asRecord(given);
    if (native?.isTraced !== true) return undefined;
    const canEnd = isFunction(native.end);
    started = {
      native,
      enter: canEnter ? (work) => enterActive(tracing, native, work) : snapshot(),
      end: () => (canEnd ? callNative(native, "end") : finish?.()),
    };
    // `enterSpan` closes its span when what the callback returns has settled.
    return canEnd ? undefined : new Promise<void>((resolve) => (finish = resolve));
  };
  if (canEnter && isFunction(tracing.startSpan)) take(callNative(tracing, "startSpan", name));
  else callNative(tracing, isFunction(tracing.startActiveSpan) ? "startActiveSpan" : "enterSpan", name, take);
  return started;
}

/** Whether a span is the active one, where the build tells. */
export function isActive(tracing: UnknownRecord, native: UnknownRecord): boolean {
  const [active, own] = [callNative(tracing, "getActiveSpan"), native].map(
    (span) => asRecord(callNative(asRecord(span), "spanContext"))?.spanId,
  );
  return own !== undefined && active === own;
}

/** The runtime hands back what the work returns. */
function enterActive<T>(tracing: UnknownRecord, native: UnknownRecord, work: () => T): T {
  return callNative(tracing, "withActiveSpan", native, work) as T;
}

/** Goes back to where it was taken: the span that is active there, and all that AsyncLocalStorage holds there. */
function snapshot(): Enter | undefined {
  const storage = asRecord(builtinModule("node:async_hooks")?.AsyncLocalStorage);
  // `AsyncLocalStorage.snapshot()` gives a function that calls its argument and returns what that returns.
  return callNative(storage, "snapshot") as Enter | undefined;
}
