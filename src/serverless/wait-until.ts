/**
 * Finds the `waitUntil` that keeps an invocation alive after its handler has returned. It is searched again for each
 * invocation and never cached. The promise of one invocation must never be passed to another invocation.
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

/** Symbols on `globalThis` under which Vercel, and other hosts of Next.js, store the context of a request. */
const REQUEST_CONTEXTS = ["@vercel/request-context", "@next/request-context"].map((name) => Symbol.for(name));

export function asWaitUntil(owner: unknown): WaitUntil | undefined {
  if (isFunction(owner)) return owner;
  const method = asRecord(owner)?.waitUntil;
  // Not `method.bind`: on an RPC stub, every property is a method of the remote object, also `bind`.
  return isFunction(method) ? (promise) => Reflect.apply(method, owner, [promise]) : undefined;
}

/** Searches the arguments of a handler, beginning with the last one. Platforms that pass a context pass it last. */
export function waitUntilAmong(args: readonly unknown[]): WaitUntil | undefined {
  for (const argument of args.toReversed()) {
    const found = contain("waitUntil", () => (hasWaitUntil(argument) ? asWaitUntil(argument) : undefined));
    if (found) return found;
  }
  return undefined;
}

/**
 * Whether an object or one of its prototypes defines `waitUntil`. Reading the property would not be enough: on an RPC
 * stub, every name is a method of the remote object. The contexts of all platforms pass this check. Objects that
 * inherit from a context, and Proxies of one, pass it too.
 */
function hasWaitUntil(argument: unknown): boolean {
  for (let holder = argument; isRecord(holder); holder = Reflect.getPrototypeOf(holder)) {
    if (Reflect.getOwnPropertyDescriptor(holder, "waitUntil")) return true;
  }
  return false;
}

/**
 * The platform's `waitUntil` for the current request; `undefined` if the platform awaits the handler (Lambda, Node).
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
