/**
 * Wraps bindings of the Workers runtime in proxies that replace some of their properties. A write of the program is
 * stored in the proxy, because the binding belongs to the caller.
 */
import { asRecord, isFunction } from "../foundation/structure.ts";

/** @returns the value that a read of the property returns */
type Replace = (value: unknown, key: string | symbol) => unknown;

/** The proxy of each binding. A proxy maps to itself, so that a wrapped binding is not wrapped again. */
const views = new WeakMap<object, object>();

export function bindingView<T extends object>(original: T, replace: Replace): T {
  // The proxy was made from this object, so it has the object's type.
  const known = views.get(original) as T | undefined;
  if (known) return known;
  const view = new Proxy(emptyTarget(original), trapsOf(original, cached(replace)));
  views.set(original, view).set(view, view);
  return view;
}

/** Caches the replacement of each method. The binding returns the same method at every read, and so must the proxy. */
function cached(replace: Replace): Replace {
  const last = new Map<string | symbol, { readonly value: unknown; readonly replacement: unknown }>();
  return (value, key) => {
    let entry = last.get(key);
    if (!entry || entry.value !== value) {
      entry = { value, replacement: replace(value, key) };
      if (isFunction(value)) last.set(key, entry);
    }
    return entry.replacement;
  };
}

/**
 * The target of the proxy, which stores the writes of the program. It has no fixed properties, so the proxy may report
 * any property.
 */
function emptyTarget<T extends object>(original: T): T {
  if (!isFunction(original)) return Object.create(Object.getPrototypeOf(original)) as T;
  const target = (): void => {};
  for (const key of Reflect.ownKeys(target)) Reflect.deleteProperty(target, key);
  // The target must be a function, or the proxy could not be called. All other behavior comes from the traps.
  return Object.setPrototypeOf(target, Object.getPrototypeOf(original)) as T;
}

function trapsOf<T extends object>(original: T, replace: Replace): ProxyHandler<T> {
  const read = (key: string | symbol): unknown => replace(Reflect.get(original, key, original), key);
  return {
    get: (written, key, receiver) =>
      Object.hasOwn(written, key) ? Reflect.get(written, key, receiver) : read(key),
    set: (written, key, value) =>
      Reflect.defineProperty(written, key, { value, configurable: true, enumerable: true, writable: true }),
    has: (written, key) => Object.hasOwn(written, key) || Reflect.has(original, key),
    ownKeys: (written) => [...new Set([...Reflect.ownKeys(original), ...Reflect.ownKeys(written)])],
    getOwnPropertyDescriptor: (written, key) => {
      const writtenDescriptor: PropertyDescriptor | undefined = Reflect.getOwnPropertyDescriptor(
        written,
        key,
      );
      const descriptor = writtenDescriptor ?? Reflect.getOwnPropertyDescriptor(original, key);
      if (writtenDescriptor || !descriptor) return descriptor;
      // The language forbids a proxy to report a fixed property that its target does not have.
      const reported = { ...descriptor, configurable: true };
      return "value" in reported
        ? { ...reported, value: replace(reported.value, key), writable: true }
        : reported;
    },
    apply: (_written, self, args) => {
      const call = asRecord(original);
      return isFunction(call) ? Reflect.apply(call, self, args) : undefined;
    },
  };
}
