/**
 * Views: proxies that show some properties of an object in another way and all else as it is. Whoever has a view can be
 * given the original back.
 */
import { asRecord, type UnknownFunction } from "../readers/structure.ts";

/** Every view and traced function of ours, in any wrapper, to its original: what is traced stays as it is. */
const originals = new WeakMap<object, unknown>();

type Show = (value: unknown, key: PropertyKey) => unknown;

/**
 * @param keys the properties that `show` has to change; others that are fixed are seen as they are
 * @param show what a property is seen as; getters see the original, so private fields work
 * @param traps what else is seen in another way; they see to properties that are fixed, too
 */
export function viewOf<T extends object>(
  original: T,
  keys: readonly PropertyKey[],
  show: Show,
  traps?: ProxyHandler<T>,
): T {
  // A proxy may not show another value for a property that its target has fixed.
  const isOpen = !keys.some((key) => isFixed(original, key));
  const target = isOpen ? original : loosened(original);
  const source = asRecord(original);
  const get = (_target: T, key: PropertyKey): unknown => {
    const value = source?.[key];
    const shown = show(value, key);
    // The program may have fixed it since.
    return shown === value || !isFixed(target, key) ? shown : value;
  };
  return standsFor(new Proxy(target, { ...(isOpen ? traps : (traps ?? asOf(original))), get }), original);
}

/** What a proxy of a copy needs in order to pass for `original` as it is at any time, but for new ways to define it. */
function asOf<T extends object>(original: T): ProxyHandler<T> {
  return {
    has: (_target, key) => Reflect.has(original, key),
    ownKeys: () => Reflect.ownKeys(original),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = Reflect.getOwnPropertyDescriptor(original, key);
      return descriptor && { ...descriptor, configurable: true };
    },
    set: (_target, key, value) => Reflect.set(original, key, value),
    deleteProperty: (_target, key) => Reflect.deleteProperty(original, key),
  };
}

function isFixed(target: object, key: PropertyKey): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

export function standsFor<T>(view: T, original: unknown): T {
  const key = asRecord(view);
  if (key) originals.set(key, original);
  return view;
}

/** A function that keeps name, length, properties and prototype; called on a view, it sees the view's original. */
export function onOriginal(
  original: UnknownFunction,
  call = (self: unknown, args: unknown[]): unknown => Reflect.apply(original, self, args),
): UnknownFunction {
  return new Proxy(original, { apply: (_target, self, args: unknown[]) => call(originalOf(self), args) });
}

export function originalOf(value: unknown): unknown {
  const view = asRecord(value);
  return (view && originals.get(view)) ?? value;
}

/**
 * Shows the same value in the same way: for what is made anew otherwise. A value that is shown as it is is looked at each
 * time.
 */
export function steadily(show: Show): Show {
  const known = new Map<PropertyKey, { readonly value: unknown; readonly shown: unknown }>();
  return (value, key) => {
    const last = known.get(key);
    if (last && last.value === value) return last.shown;
    const shown = show(value, key);
    if (shown !== value) known.set(key, { value, shown });
    return shown;
  };
}

/** What reads as the original, and may be given other values by its owner. It lists what the original listed. */
export function overlayOf(original: object): Record<PropertyKey, unknown> {
  const own = new Map<PropertyKey, unknown>();
  return new Proxy<Record<PropertyKey, unknown>>(loosened<object>(original) as Record<PropertyKey, unknown>, {
    get: (_target, key) => (own.has(key) ? own.get(key) : Reflect.get(original, key, original)),
    set: (_target, key, value) => Boolean(own.set(key, value)),
  });
}

/** A copy with nothing fixed. */
function loosened<T extends object>(original: T): T {
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values<PropertyDescriptor>(descriptors)) descriptor.configurable = true;
  return Object.create(Object.getPrototypeOf(original), descriptors) as T;
}
