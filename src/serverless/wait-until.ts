/**
 * Finds what keeps one invocation alive after its handler has returned. Looked up for each invocation and kept for no
 * other: the promise of one must never be given to another.
 */
import { contain } from "../containment.ts";
import { asRecord, isFunction } from "../readers/structure.ts";
import { builtinModule } from "../builtin-module.ts";

/** Keeps an invocation alive until the promise has settled. */
export type WaitUntil = (promise: Promise<unknown>) => unknown;

/** An object with such a method, which must not be detached: Cloudflare's `ctx`, Netlify's `context`. */
export interface WaitUntilOwner {
  waitUntil(promise: Promise<unknown>): unknown;
}

/** Where Vercel and who hosts Next.js elsewhere put the context of a request. */
const REQUEST_CONTEXTS = ["@vercel/request-context", "@next/request-context"].map((name) => Symbol.for(name));

export function asWaitUntil(given: unknown): WaitUntil | undefined {
  if (isFunction(given)) return given;
  const method = asRecord(given)?.waitUntil;
  return isFunction(method) ? method.bind(given) : undefined;
}

/** Of a handler's arguments: the context comes last on the platforms that hand one in. */
export function waitUntilAmong(args: readonly unknown[]): WaitUntil | undefined {
  for (const argument of args.toReversed()) {
    const found = contain("waitUntil", () => (isFunction(argument) ? undefined : asWaitUntil(argument)));
    if (found) return found;
  }
  return undefined;
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
