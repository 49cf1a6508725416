/**
 * Proxies of the runtime's bindings, some of whose properties are replaced. What is written to a proxy stays on it: the
 * binding is the caller's.
 */
import { asRecord, isFunction } from "../foundation/structure.ts";

/** @returns what a property is read as */
type Replace = (value: unknown, key: string | symbol) => unknown;

/** Each proxy by its original, and by itself: what is wrapped already stays as it is. */
const views = new WeakMap<object, object>();

export function bindingView<T extends object>(original: T, replace: Replace): T {
  // A view under its original was made of this very object, so it has its type.
  const known = views.get(original) as T | undefined;
  if (known) return known;
  const view = new Proxy(emptyTarget(original), trapsOf(original, cached(replace)));
  views.set(original, view).set(view, view);
  return view;
}

/** The same value gives the same replacement at each read, as the original gives the same method. */
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

/** Takes what is written. It has nothing of its own, so a Proxy of it may show what it likes. */
function emptyTarget<T extends object>(original: T): T {
  if (!isFunction(original)) return Object.create(Object.getPrototypeOf(original)) as T;
  const target = (): void => {};
  for (const key of Reflect.ownKeys(target)) Reflect.deleteProperty(target, key);
  // To be called as the original is; the traps see to all else.
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
      const own: PropertyDescriptor | undefined = Reflect.getOwnPropertyDescriptor(written, key);
      const descriptor = own ?? Reflect.getOwnPropertyDescriptor(original, key);
      if (own || !descriptor) return descriptor;
      // Open to change here, whatever it is there.
      const open = { ...descriptor, configurable: true };
      return "value" in open ? { ...open, value: replace(open.value, key), writable: true } : open;
    },
    apply: (_written, self, given) => {
      const call = asRecord(original);
      return isFunction(call) ? Reflect.apply(call, self, given) : undefined;
    },
  };
}
