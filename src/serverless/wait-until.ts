/**
 * Finds the `waitUntil` that keeps an invocation alive after its handler has returned. It is looked up for each
 * invocation and never cached, because the promise of one invocation must never be passed to another.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord } from "../foundation/structure.ts";
import { builtinModule } from "../foundation/builtin-module.ts";

/** Keeps an invocation alive until the promise has settled. */
export type WaitUntil = (promise: Promise<unknown>) => unknown;

/** An object whose `waitUntil` must be called as its method: Cloudflare's `ctx`, Netlify's `context`. */
export interface WaitUntilOwner {
  waitUntil(promise: Promise<unknown>): unknown;
}

/** Vercel, and hosts of Next.js elsewhere, store the context of a request on `globalThis` under these symbols. */
const REQUEST_CONTEXTS = ["@vercel/request-context", "@next/request-context"].map((name) => Symbol.for(name));

export function asWaitUntil(owner: unknown): WaitUntil | undefined {
  if (isFunction(owner)) return owner;
  const method = asRecord(owner)?.waitUntil;
  // Not `method.bind`: on an RPC stub every property is a method of the receiver, `bind` too.
  return isFunction(method) ? (promise) => Reflect.apply(method, owner, [promise]) : undefined;
}

/** Searches a handler's arguments. The last one first, because platforms that pass a context pass it last. */
export function waitUntilAmong(args: readonly unknown[]): WaitUntil | undefined {
  for (const argument of args.toReversed()) {
    const found = contain("waitUntil", () => (hasWaitUntil(argument) ? asWaitUntil(argument) : undefined));
    if (found) return found;
  }
  return undefined;
}

/**
 * Whether an object or its class has the property. Reading the property is not enough: on an RPC stub every name is a
 * method of the receiver. The contexts of all platforms pass this check, and so do objects that inherit from one and
 * Proxies of one.
 */
function hasWaitUntil(argument: unknown): boolean {
  for (let holder = argument; isRecord(holder); holder = Reflect.getPrototypeOf(holder)) {
    if (Reflect.getOwnPropertyDescriptor(holder, "waitUntil")) return true;
  }
  return false;
}

/**
 * The platform's `waitUntil` for the current request. `undefined` where the platform awaits the handler (Lambda,
 * Node).
 */
export function platformWaitUntil(): WaitUntil | undefined {
  return contain("waitUntil", () => {
    const platform = asRecord(globalThis) ?? {};
    for (const key of REQUEST_CONTEXTS) {
      const context = asRecord(platform[key]);
      const get = context?.get;
      const found = isFunction(get) ? asWaitUntil(asRecord(get.call(context))) : undefined;
      if (found) return found;
    }
    return (
      asWaitUntil(asRecord(platform.Netlify)?.context) ??
      asWaitUntil(platform.EdgeRuntime) ??
      asWaitUntil(builtinModule("cloudflare:workers"))
    );
  });
}
