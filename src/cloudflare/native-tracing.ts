/**
 * One interface for the spans of all builds of Cloudflare's runtime. The builds have different methods:
 * - `enterSpan` only (April 2026)
 * - `startActiveSpan` and `end` (summer)
 * - `startSpan`, `getActiveSpan` and `setStatus` (October)
 * - `withActiveSpan` (November)
 *
 * Imports no module of the runtime, so this file loads in any runtime.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained, runOnce } from "../foundation/containment.ts";
import { asRecord, isFunction, type UnknownRecord } from "../foundation/structure.ts";

/** Runs work in which a span is active. */
export type Enter = <T>(work: () => T) => T;

/** A started span of the runtime. */
export interface NativeHandle {
  readonly native: UnknownRecord;
  /** Runs work in which the span is active. `undefined` if the runtime has no AsyncLocalStorage. */
  readonly enter: Enter | undefined;
  end(): void;
}

/**
 * Calls a method of the runtime. Returns `undefined` if there is no such method, or if it fails. A failure is
 * contained.
 */
export function callNative(owner: UnknownRecord | undefined, name: string, ...args: unknown[]): unknown {
  return contain(`native ${name}`, () => call(owner, name, args));
}

function call(owner: UnknownRecord | undefined, name: string, args: unknown[]): unknown {
  const method = owner?.[name];
  return isFunction(method) ? Reflect.apply(method, owner, args) : undefined;
}

/** Cloudflare's `tracing`; `undefined` in any other runtime. */
export function nativeTracing(): UnknownRecord | undefined {
  return contain("native tracing", () => asRecord(builtinModule("cloudflare:workers")?.tracing));
}

/**
 * Starts a child of the active span.
 *
 * @returns `undefined` if the invocation is not traced
 */
export function startNative(tracing: UnknownRecord, name: string): NativeHandle | undefined {
  let started: NativeHandle | undefined;
  let finish: (() => void) | undefined;
  let lifetime: Promise<void> | undefined;
  const canEnter = hasNative(tracing, "withActiveSpan");
  const receive = contained("native span", (runtimeSpan: unknown): unknown => {
    const native = asRecord(runtimeSpan);
    if (started || native?.isTraced !== true) return lifetime;
    const canEnd = hasNative(native, "end");
    started = {
      native,
      enter: canEnter ? activeSpanEntry(tracing, native) : snapshotEntry(),
      end: contained("native end", () => (canEnd ? callNative(native, "end") : finish?.())),
    };
    // `enterSpan` closes its span when the promise of its callback settles.
    if (!canEnd) lifetime = new Promise((resolve) => (finish = resolve));
    return lifetime;
  });
  if (canEnter && hasNative(tracing, "startSpan")) receive(callNative(tracing, "startSpan", name));
  else
    callNative(
      tracing,
      hasNative(tracing, "startActiveSpan") ? "startActiveSpan" : "enterSpan",
      name,
      receive,
    );
  return started;
}

/** Whether the object has a method with this name. */
export function hasNative(owner: UnknownRecord, name: string): boolean {
  return contain(`native ${name}`, () => isFunction(owner[name])) ?? false;
}

/** Whether the span is the active span. Always `false` in builds without `getActiveSpan`. */
export function isActive(tracing: UnknownRecord, native: UnknownRecord): boolean {
  const [activeId, spanId] = [callNative(tracing, "getActiveSpan"), native].map((span) =>
    contain("native spanContext", () => asRecord(callNative(asRecord(span), "spanContext"))?.spanId),
  );
  return spanId !== undefined && activeId === spanId;
}

/** Makes the span active by `withActiveSpan`, which runs the work. */
function activeSpanEntry(tracing: UnknownRecord, native: UnknownRecord): Enter {
  return containedEntry((work) => call(tracing, "withActiveSpan", [native, work]));
}

/**
 * Makes the span active by a snapshot of AsyncLocalStorage. The work also gets all other values that AsyncLocalStorage
 * has now.
 */
function snapshotEntry(): Enter | undefined {
  const storage = contain("native snapshot", () =>
    asRecord(builtinModule("node:async_hooks")?.AsyncLocalStorage),
  );
  // `snapshot` returns a function that calls its argument with these values.
  const enter = callNative(storage, "snapshot");
  return isFunction(enter) ? containedEntry((work) => enter(work)) : undefined;
}

/** Runs the work exactly once and returns its outcome, even if the runtime fails. */
function containedEntry(enter: (work: () => void) => void): Enter {
  return (work) => runOnce("native enter", work, enter);
}
