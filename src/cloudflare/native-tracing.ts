/**
 * The spans of Cloudflare's runtime behind one interface, whatever its build offers: `enterSpan` alone (April 2026),
 * `startActiveSpan` and `end` (summer), `startSpan`, `getActiveSpan` and `setStatus` (October), `withActiveSpan`
 * (November). Imports nothing of the runtime, so that it loads anywhere.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained, runOnce } from "../foundation/containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "../foundation/structure.ts";

/** Runs work with a span active. */
export type Enter = <T>(work: () => T) => T;

/** A span that was started. */
export interface NativeHandle {
  readonly native: UnknownRecord;
  /** Absent where the runtime has no way to it: without AsyncLocalStorage. */
  readonly enter: Enter | undefined;
  end(): void;
}

/** Calls a method where there is one. `undefined` where it fails: the runtime's failures are not the program's. */
export function callNative(owner: UnknownRecord | undefined, name: string, ...args: unknown[]): unknown {
  return contain(`native ${name}`, () => call(owner, name, args));
}

function call(owner: UnknownRecord | undefined, name: string, args: unknown[]): unknown {
  const method = owner?.[name];
  return isFunction(method) ? Reflect.apply(method, owner, args) : undefined;
}

/** Cloudflare's `tracing`, or `undefined` in any other runtime. */
export function nativeTracing(): UnknownRecord | undefined {
  return contain("native tracing", () => asRecord(builtinModule("cloudflare:workers")?.tracing));
}

/** Starts a span below the one that is active; `undefined` where nothing is traced. */
export function startNative(tracing: UnknownRecord, name: string): NativeHandle | undefined {
  let started: NativeHandle | undefined;
  let finish: (() => void) | undefined;
  let lifetime: Promise<void> | undefined;
  const canEnter = hasNative(tracing, "withActiveSpan");
  const take = contained("native span", (given: unknown): unknown => {
    const native = asRecord(given);
    if (started || native?.isTraced !== true) return lifetime;
    const canEnd = hasNative(native, "end");
    started = {
      native,
      enter: canEnter ? entering(tracing, native) : snapshot(),
      end: contained("native end", () => (canEnd ? callNative(native, "end") : finish?.())),
    };
    // `enterSpan` closes its span when what the callback returns has settled.
    if (!canEnd) lifetime = new Promise((resolve) => (finish = resolve));
    return lifetime;
  });
  if (canEnter && hasNative(tracing, "startSpan")) take(callNative(tracing, "startSpan", name));
  else
    callNative(tracing, hasNative(tracing, "startActiveSpan") ? "startActiveSpan" : "enterSpan", name, take);
  return started;
}

/** Whether there is such a method. */
export function hasNative(owner: UnknownRecord, name: string): boolean {
  return contain(`native ${name}`, () => isFunction(owner[name])) ?? false;
}

/** Whether a span is the active one, where the build tells. */
export function isActive(tracing: UnknownRecord, native: UnknownRecord): boolean {
  const [active, own] = [callNative(tracing, "getActiveSpan"), native].map((span) =>
    contain("native spanContext", () => asRecord(callNative(asRecord(span), "spanContext"))?.spanId),
  );
  return own !== undefined && active === own;
}

/** The runtime calls the work and hands back what it returns. */
function entering(tracing: UnknownRecord, native: UnknownRecord): Enter {
  return once((work) => call(tracing, "withActiveSpan", [native, work]));
}

/** Goes back to where it was taken: the span that is active there, and all that AsyncLocalStorage holds there. */
function snapshot(): Enter | undefined {
  const storage = contain("native snapshot", () =>
    asRecord(builtinModule("node:async_hooks")?.AsyncLocalStorage),
  );
  // A function that calls its argument.
  const enter = callNative(storage, "snapshot");
  return isFunction(enter) ? once((work) => enter(work)) : undefined;
}

/** Whatever the runtime does, the work runs once, and what it returns or throws is what comes of it. */
function once(enter: (work: () => void) => void): Enter {
  return (work) => runOnce("native enter", work, enter);
}
