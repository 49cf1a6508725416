/**
 * Finds what keeps one invocation alive after its handler has returned. Looked up for each invocation and kept for no
 * other: the promise of one must never be given to another.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord } from "../foundation/structure.ts";
import { builtinModule } from "../foundation/builtin-module.ts";

/** Keeps an invocation alive until the promise has settled. */
export type WaitUntil = (promise: Promise<unknown>) => unknown;

/** An object with such a method, which must not be detached: Cloudflare's `ctx`, Netlify's `context`. */
export interface WaitUntilOwner {
  waitUntil(promise: Promise<unknown>): unknown;
}

/** Where Vercel and who hosts Next.js elsewhere put the context of a request. */
const REQUEST_CONTEXTS = ["@vercel/request-context", "@next/request-context"].map((name) => Symbol.for(name));

export function asWaitUntil(owner: unknown): WaitUntil | undefined {
  if (isFunction(owner)) return owner;
  const method = asRecord(owner)?.waitUntil;
  // Not `method.bind`, which is a method of the receiver's where every property is one, as on an RPC stub.
  return isFunction(method) ? (promise) => Reflect.apply(method, owner, [promise]) : undefined;
}

/** Of a handler's arguments: the context comes last on the platforms that hand one in. */
export function waitUntilAmong(args: readonly unknown[]): WaitUntil | undefined {
  for (const argument of args.toReversed()) {
    const found = contain("waitUntil", () => (hasWaitUntil(argument) ? asWaitUntil(argument) : undefined));
    if (found) return found;
  }
  return undefined;
}

/**
 * Whether an object, or its class, has the property. To read it is not enough: on an RPC stub every name gives a method of
 * the receiver's. The contexts of all platforms have it, and so has what inherits from one or is a Proxy of one.
 */
function hasWaitUntil(argument: unknown): boolean {
  for (let holder = argument; isRecord(holder); holder = Reflect.getPrototypeOf(holder)) {
    if (Reflect.getOwnPropertyDescriptor(holder, "waitUntil")) return true;
  }
  return false;
}

/** Of the platform, for the request that is being handled; `undefined` where a handler is awaited (Lambda, Node). */
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
