/**
 * Loads the package on a platform whose clocks, timers, weak references and finalization registries may throw. The
 * globals are restored after loading, so that only ai-spans uses the faulty ones.
 */
import type * as Package from "ai-spans";
import type * as Calls from "../../src/adapter/calls.ts";
import { strike } from "./fault-point.ts";

type AnyCallback = (...args: unknown[]) => void;

/** Our timers that have neither fired nor been cleared. They are real timers, and the test makes them fire. */
const pending = new Map<NodeJS.Timeout, AnyCallback>();

const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
/** Longer than any test, so that only `elapse` makes timers fire. */
const NEVER_MS = 2_000_000_000;

function faultySet(callback: AnyCallback): NodeJS.Timeout {
  strike("timer.set");
  const timer = realSet(() => {}, NEVER_MS);
  const { unref } = timer;
  unref.call(timer);
  pending.set(timer, callback);
  return Object.assign(timer, {
    unref: () => {
      strike("timer.unref");
      return unref.call(timer);
    },
  });
}

function faultyClear(timer: NodeJS.Timeout): void {
  strike("timer.clear");
  pending.delete(timer);
  realClear(timer);
}

/** Makes all of our pending timers fire. */
export function elapse(): void {
  const due = [...pending];
  for (const [timer, callback] of due) {
    pending.delete(timer);
    realClear(timer);
    callback();
  }
}

export function pendingTimers(): number {
  return pending.size;
}

/** Clears the timers of a test that has ended. */
export function dropTimers(): void {
  for (const timer of pending.keys()) realClear(timer);
  pending.clear();
}

const RealRegistry = globalThis.FinalizationRegistry;
const RealReference = globalThis.WeakRef;

class FaultyRegistry<T> extends RealRegistry<T> {
  constructor(cleanup: (held: T) => void) {
    strike("FinalizationRegistry.constructor");
    super(cleanup);
  }

  override register(target: WeakKey, held: T, token?: WeakKey): void {
    strike("FinalizationRegistry.register");
    super.register(target, held, token);
  }

  override unregister(token: WeakKey): boolean {
    strike("FinalizationRegistry.unregister");
    return super.unregister(token);
  }
}

/** The platform and the SDK create weak references too, so only our calls throw. */
class FaultyReference<T extends WeakKey> extends RealReference<T> {
  constructor(target: T) {
    strike("WeakRef.constructor", { onlyOurs: true });
    super(target);
  }

  override deref(): T | undefined {
    strike("WeakRef.deref", { onlyOurs: true });
    return super.deref();
  }
}

/** The loaded package, and how many calls its adapter holds. */
export type LoadedPackage = Pick<typeof Package, "wrapAISDK" | "createAISDKTelemetry"> &
  Pick<typeof Calls, "callCount">;

/** Loads the package with the layers in place. */
export async function loadOnFaultyPlatform(): Promise<LoadedPackage> {
  const { now } = performance;
  const { now: wallNow } = Date;
  Object.assign(globalThis, {
    setTimeout: faultySet,
    clearTimeout: faultyClear,
    FinalizationRegistry: FaultyRegistry,
    // The package looks `WeakRef` up each time it creates one, so this one is not restored.
    WeakRef: FaultyReference,
  });
  performance.now = function (this: Performance) {
    strike("performance.now");
    return now.call(this);
  };
  Date.now = () => {
    strike("Date.now");
    return wallNow();
  };
  try {
    const { wrapAISDK, createAISDKTelemetry } = await import("ai-spans");
    const { callCount } = await import("../../src/adapter/calls.ts");
    return { wrapAISDK, createAISDKTelemetry, callCount };
  } finally {
    Object.assign(globalThis, {
      setTimeout: realSet,
      clearTimeout: realClear,
      FinalizationRegistry: RealRegistry,
    });
    Object.assign(performance, { now });
    Object.assign(Date, { now: wallNow });
  }
}
