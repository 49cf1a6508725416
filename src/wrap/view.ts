/**
 * Views: proxies that replace some properties of an object. All other reads reach the object. A write to a view stays
 * in the view and never reaches the original. `originalOf` returns the original of a view.
 */
import { report } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, type UnknownFunction, type UnknownRecord } from "../foundation/structure.ts";

/**
 * Maps each view and each traced function to its original. All wrappers and all copies of ai-spans in the process share
 * the map, so that nothing is wrapped twice.
 */
const originals = sharedState("originals.v1", WeakMap<object, unknown>);
/**
 * The proxies that an instrumentation has made. If the program's code wraps such a value, its proxy replaces the
 * instrumentation's, so that the program's options are used.
 */
const replaceable = sharedState("replaceable.v1", WeakSet<object>);
/** The views that were written to, so that they differ from their originals. */
const written = sharedState("written-views.v1", WeakSet<object>);

/**
 * The value that a wrapper should wrap.
 *
 * @param isInstrumentation whether an instrumentation wraps it. Otherwise the program's code does.
 * @returns `undefined` for a value that is traced already
 */
export function untraced<T extends object>(value: T, isInstrumentation: boolean): T | undefined {
  const original = originalOf(value);
  if (original === value) return value;
  // A proxy and its original have the same type.
  return !isInstrumentation && replaceable.has(value) ? (original as T) : undefined;
}

/** Whether an instrumentation has made the proxy. */
export function isReplaceable(value: object): boolean {
  return replaceable.has(value);
}

/** Marks a proxy that an instrumentation has made. */
export function markReplaceable<T extends object>(proxy: T): T {
  replaceable.add(proxy);
  return proxy;
}

/** @returns the value that a read of the property returns; `value` itself if it is not replaced */
export type ReplaceProperty = (value: unknown, key: PropertyKey) => unknown;

/**
 * Wraps an object in a view.
 *
 * @param replace replaces the values of properties. Getters run on the original, so that private fields work.
 */
export function viewOf<T extends object>(original: T, replace: ReplaceProperty): T {
  return new ViewHandler<T>(original, replace).view;
}

/** `util.inspect` prints the target of a proxy. This method on the target makes it print the original instead. */
const PRINTED = {
  [Symbol.for("nodejs.util.inspect.custom")](this: unknown): unknown {
    return originalOf(this);
  },
};

/**
 * Reads a property from the original, or from `#writes` if it was written to the view. The language forbids a proxy to
 * return another value for a property that is fixed on its target. So the target is an object of ours. Each fixed
 * property of the original is defined on it with the replaced value.
 */
export class ViewHandler<T extends object> implements ProxyHandler<T> {
  readonly original: T;
  readonly view: T;
  protected readonly replace: ReplaceProperty;
  readonly #source: UnknownRecord | undefined;
  /**
   * An object with the properties that were written to the view. The language decides with this object whether a write
   * is allowed.
   */
  #writes: object | undefined;
  #deleted: Set<PropertyKey> | undefined;
  /**
   * Accessors of the original, with getters that return replaced values. Cached, so that each read of a descriptor
   * returns the same functions.
   */
  #accessors: Map<PropertyKey, PropertyDescriptor> | undefined;
  /** Whether a property was defined on the target. */
  #hasFixed = false;
  /** Whether the view's prototype was replaced. `#writes` then has all properties of the view. */
  #isDetached = false;

  constructor(original: T, replace: ReplaceProperty) {
    this.original = original;
    this.#source = asRecord(original);
    this.replace = replace;
    this.view = rememberOriginal(new Proxy(targetLike(original), this), original);
  }

  apply(_target: T, self: unknown, args: unknown[]): unknown {
    return Reflect.apply(this.original as UnknownFunction, self, args);
  }

  get(target: T, key: PropertyKey): unknown {
    const writes = this.#writes;
    const isWritten = writes !== undefined && (this.#isDetached || Object.hasOwn(writes, key));
    let value: unknown;
    if (isWritten) value = Reflect.get(writes, key, this.view);
    // The property was deleted from the view, so its value is that of the prototype.
    else if (writes && this.#deleted?.has(key)) value = Reflect.get(writes, key, this.original);
    else value = this.#source?.[key];
    const replaced = this.#replaced(value, key, isWritten);
    return this.#hasFixed && isFixed(target, key) ? Reflect.get(target, key) : replaced;
  }

  #replaced(value: unknown, key: PropertyKey, isWritten: boolean): unknown {
    try {
      return isWritten ? this.replaceWritten(value, key) : this.replace(value, key);
    } catch (error) {
      report("view", error);
      return value;
    }
  }

  /**
   * Returns the value for a property that was written to the view. Here it is not replaced. A subclass may replace it.
   */
  protected replaceWritten(value: unknown, _key: PropertyKey): unknown {
    return value;
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    const { original } = this;
    const holder = (this.isWritten(key) && this.#writes) || original;
    // `receiver` inherits from the view. The property is then set on `receiver`.
    if (receiver !== this.view) return Reflect.set(holder, key, value, receiver);
    // A setter of the original may use private members, so it runs on the original.
    if (holder === original && setterOf(original, key)) return Reflect.set(original, key, value);
    return this.#write(target, key, (writes) => Reflect.set(writes, key, value));
  }

  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!this.#write(target, key, (writes) => Reflect.defineProperty(writes, key, descriptor))) return false;
    this.getOwnPropertyDescriptor(target, key);
    return true;
  }

  deleteProperty(target: T, key: PropertyKey): boolean {
    if (this.describe(key)?.configurable === false) return false;
    Reflect.deleteProperty(target, key);
    Reflect.deleteProperty(this.#writesOrNew(), key);
    (this.#deleted ??= new Set()).add(key);
    return true;
  }

  has(target: T, key: PropertyKey): boolean {
    const isOurs = this.isWritten(key) || this.#deleted?.has(key);
    return Reflect.has((isOurs && this.#writes) || this.original, key) || Object.hasOwn(target, key);
  }

  ownKeys(target: T): (string | symbol)[] {
    if (!Reflect.isExtensible(target)) return Reflect.ownKeys(target);
    const keys = Reflect.ownKeys(this.original);
    if (!this.#writes) return keys;
    if (this.#isDetached) return Reflect.ownKeys(this.#writes);
    return [...new Set([...keys, ...Reflect.ownKeys(this.#writes)])].filter((key) => this.describe(key));
  }

  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    const descriptor = this.describe(key);
    const isKnown = !this.#hasFixed || Reflect.isExtensible(target) || Object.hasOwn(target, key);
    if (!descriptor || !isKnown) return isKnown ? Reflect.getOwnPropertyDescriptor(target, key) : undefined;
    if ("value" in descriptor) descriptor.value = this.#replaced(descriptor.value, key, this.isWritten(key));
    if (descriptor.configurable !== false) return descriptor;
    this.#hasFixed = true;
    Reflect.defineProperty(target, key, descriptor);
    return Reflect.getOwnPropertyDescriptor(target, key);
  }

  isExtensible(target: T): boolean {
    if (!Reflect.isExtensible(this.original)) this.preventExtensions(target);
    return Reflect.isExtensible(target);
  }

  preventExtensions(target: T): boolean {
    if (!Reflect.isExtensible(target)) return true;
    for (const key of this.ownKeys(target)) {
      const descriptor = this.getOwnPropertyDescriptor(target, key);
      if (descriptor) Reflect.defineProperty(target, key, descriptor);
    }
    this.#hasFixed = true;
    Reflect.setPrototypeOf(target, this.getPrototypeOf());
    return Reflect.preventExtensions(target);
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#writes ?? this.original);
  }

  setPrototypeOf(target: T, prototype: object | null): boolean {
    if (prototype === this.getPrototypeOf()) return true;
    if (!this.isExtensible(target)) return false;
    const writes = this.#writesOrNew();
    for (const key of this.ownKeys(target)) this.#copy(writes, key);
    return (this.#isDetached = Reflect.setPrototypeOf(writes, prototype));
  }

  protected isWritten(key: PropertyKey): boolean {
    return this.#writes !== undefined && (this.#isDetached || Object.hasOwn(this.#writes, key));
  }

  /**
   * The descriptor of a property of the view: that of the written property, or that of the original's. Its value is not
   * replaced yet.
   */
  protected describe(key: PropertyKey): PropertyDescriptor | undefined {
    const isWritten = this.isWritten(key);
    if (!isWritten && this.#deleted?.has(key)) return undefined;
    if (isWritten && this.#writes) return Reflect.getOwnPropertyDescriptor(this.#writes, key);
    const descriptor = Reflect.getOwnPropertyDescriptor(this.original, key);
    return descriptor?.get ? this.#accessorOf(key, descriptor) : descriptor;
  }

  /**
   * An accessor that returns replaced values even if code copies it to another object. All exports of a CommonJS build
   * are accessors.
   */
  #accessorOf(key: PropertyKey, descriptor: PropertyDescriptor): PropertyDescriptor {
    const accessors = (this.#accessors ??= new Map<PropertyKey, PropertyDescriptor>());
    const known = accessors.get(key);
    if (known) return { ...known };
    const replaced = { ...descriptor, get: () => this.#replaced(this.#source?.[key], key, false) };
    if (descriptor.set) replaced.set = (value: unknown) => void Reflect.set(this.original, key, value);
    accessors.set(key, replaced);
    return { ...replaced };
  }

  /**
   * Copies the view's property to `#writes`, then changes the copy. If the original is not extensible, a new property
   * is refused.
   */
  #write(target: T, key: PropertyKey, change: (writes: object) => boolean): boolean {
    if (!this.describe(key) && !this.isExtensible(target)) return false;
    const writes = this.#writesOrNew();
    const wasWritten = this.isWritten(key);
    this.#copy(writes, key);
    const isDone = change(writes);
    if (!isDone && !wasWritten && !isPermanent(writes, key)) Reflect.deleteProperty(writes, key);
    return isDone;
  }

  #writesOrNew(): object {
    if (this.#writes) return this.#writes;
    written.add(this.view);
    return (this.#writes = Object.create(Reflect.getPrototypeOf(this.original)) as object);
  }

  /** Copies one property of the view to `writes`, unless it was written already. */
  #copy(writes: object, key: PropertyKey): void {
    const descriptor = this.isWritten(key) ? undefined : this.describe(key);
    if (!descriptor) return;
    if ("value" in descriptor) descriptor.value = this.#replaced(descriptor.value, key, false);
    Object.defineProperty(writes, key, descriptor);
  }
}

/** A target of the same type as the original, because `typeof` and `Array.isArray` check the target of a proxy. */
function targetLike<T extends object>(original: T): T {
  const target: object =
    typeof original === "function"
      ? () => {}
      : Array.isArray(original)
        ? []
        : (Object.create(PRINTED) as object);
  return target as T;
}

function setterOf(object: object, key: PropertyKey): unknown {
  for (let holder: object | null = object; holder; holder = Reflect.getPrototypeOf(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
    // Every object inherits the setter `__proto__`. It is not a setter of the object's class, so it does not count.
    if (descriptor) return holder === Object.prototype ? undefined : descriptor.set;
  }
  return undefined;
}

/** Whether the property cannot be deleted or redefined. */
function isPermanent(target: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
}

/** Whether the property's value cannot change. */
function isFixed(target: object, key: PropertyKey): boolean {
  const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

/**
 * Stores the original of a proxy or function of ours, which the program or the SDK may receive.
 *
 * @returns `view`
 */
export function rememberOriginal<T>(view: T, original: unknown): T {
  const key = asRecord(view);
  if (key) originals.set(key, original);
  return view;
}

/**
 * Wraps a function. If it is called on a view, its `this` is the view's original. The name, length, properties and
 * prototype of the function stay the same.
 */
export function onOriginal(
  original: UnknownFunction,
  call = (self: unknown, args: unknown[]): unknown => Reflect.apply(original, self, args),
): UnknownFunction {
  return new Proxy(original, { apply: (_target, self, args: unknown[]) => call(originalOf(self), args) });
}

/** @returns the original of a view or a traced function; any other value itself */
export function originalOf(value: unknown): unknown {
  const view = asRecord(value);
  return (view && originals.get(view)) ?? value;
}

/**
 * @returns the value to wrap. That is the original of a view. If the view was written to, it is the view itself,
 *   because the written values must be used.
 */
export function valueToWrap(value: unknown): unknown {
  const view = asRecord(value);
  return view && written.has(view) ? value : originalOf(value);
}

/**
 * Caches the replaced value of each property until the property has another value. So each read returns the same
 * object. A value that is not replaced is not cached.
 */
export function cached(replace: ReplaceProperty): ReplaceProperty {
  // Most views replace one property, which needs no map.
  let first: CachedProperty | undefined;
  let others: Map<PropertyKey, CachedProperty> | undefined;
  return (value, key) => {
    const known = first?.key === key ? first : others?.get(key);
    if (known && known.value === value) return known.replaced;
    const replaced = replace(value, key);
    if (replaced === value) return value;
    const property = { key, value, replaced };
    if (!first || first.key === key) first = property;
    else (others ??= new Map<PropertyKey, CachedProperty>()).set(key, property);
    return replaced;
  };
}

interface CachedProperty {
  readonly key: PropertyKey;
  readonly value: unknown;
  readonly replaced: unknown;
}

/** A proxy that reads from the original and keeps writes to itself. A write adds no key to its list of keys. */
export function overlayOf(original: object): Record<PropertyKey, unknown> {
  const writes = new Map<PropertyKey, unknown>();
  return new Proxy<Record<PropertyKey, unknown>>(
    configurableCopy<object>(original) as Record<PropertyKey, unknown>,
    {
      get: (_target, key) => (writes.has(key) ? writes.get(key) : Reflect.get(original, key, original)),
      set: (_target, key, value) => Boolean(writes.set(key, value)),
    },
  );
}

/**
 * A copy of the properties that `Object.assign` would copy, but as getters. Each read of a getter reads the value from
 * its source.
 */
export function copyWithGetters(sources: readonly UnknownRecord[]): object {
  const copy = {};
  for (const source of sources) {
    for (const key of Object.keys(source)) {
      Object.defineProperty(copy, key, { configurable: true, enumerable: true, get: () => source[key] });
    }
  }
  return copy;
}

/** A copy whose properties are all configurable. */
export function configurableCopy<T extends object>(original: T): T {
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values<PropertyDescriptor>(descriptors)) descriptor.configurable = true;
  return Object.create(Object.getPrototypeOf(original), descriptors) as T;
}
