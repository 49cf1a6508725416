/**
 * Views: proxies that show some properties of an object in another way and all else as it is. Whoever has a view can be
 * given the original back.
 */
import { asRecord, type UnknownFunction } from "../readers/guards.ts";

/** Every view and traced function of ours, in any wrapper, to its original: what is traced stays as it is. */
const originals = new WeakMap<object, object>();

/**
 * @param keys the properties that `show` may change
 * @param show what a property is seen as; getters see the original, so private fields work
 */
export function viewOf<T extends object>(
  original: T,
  keys: readonly PropertyKey[],
  show: (value: unknown, key: PropertyKey) => unknown,
): T {
  const get = (_target: T, key: PropertyKey): unknown => show(Reflect.get(original, key, original), key);
  // A proxy may not show another value for a property that its target has fixed.
  const isFixed = keys.some((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    return descriptor?.configurable === false && descriptor.writable === false;
  });
  return standsFor(new Proxy(isFixed ? loosened(original) : original, { get }), original);
}

export function standsFor<T extends object>(view: T, original: T): T {
  originals.set(view, original);
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

/** A copy to be changed by its owner, where nothing less shows all that the original shows. */
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
