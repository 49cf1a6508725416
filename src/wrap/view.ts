/**
 * Views: proxies that replace some properties of an object and pass every other read to the object. A write to a view
 * stays in the view and never reaches the original. `originalOf` gives the original of a view.
 */
import { report } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, type UnknownFunction, type UnknownRecord } from "../foundation/structure.ts";

/**
 * From each view and traced function to its original. All wrappers and all copies of ai-spans in the process share the
 * map, so that nothing is wrapped twice.
 */
const originals = sharedState("originals.v1", WeakMap<object, unknown>);
/** The stand-ins that an instrumentation has made. A wrapper of the program replaces them, because it has its own options. */
const replaceable = sharedState("replaceable.v1", WeakSet<object>);
/** The views with a write. They differ from their originals. */
const written = sharedState("written-views.v1", WeakSet<object>);

/**
 * The value that a wrapper wraps.
 *
 * @param isInstrumentation whether an instrumentation wraps it, and no code of the program
 * @returns `undefined` for a value that is traced already
 */
export function untraced<T extends object>(value: T, isInstrumentation: boolean): T | undefined {
  const original = originalOf(value);
  if (original === value) return value;
  // The original of a stand-in has its type.
  return !isInstrumentation && replaceable.has(value) ? (original as T) : undefined;
}

/** Whether an instrumentation has made the stand-in. */
export function isReplaceable(value: object): boolean {
  return replaceable.has(value);
}

/** Marks a stand-in that an instrumentation has made. */
export function markReplaceable<T extends object>(standIn: T): T {
  replaceable.add(standIn);
  return standIn;
}

/** @returns the value that a read of the property gets; `value` itself where nothing is replaced */
export type ReplaceProperty = (value: unknown, key: PropertyKey) => unknown;

/**
 * Wraps an object in a view.
 *
 * @param replace replaces the values of properties. Getters run on the original, so private fields work.
 */
export function viewOf<T extends object>(original: T, replace: ReplaceProperty): T {
  return new ViewHandler<T>(original, replace).view;
}

/** `util.inspect` prints the target of a proxy, so the target makes it print the original. */
const PRINTED = {
  [Symbol.for("nodejs.util.inspect.custom")](this: unknown): unknown {
    return originalOf(this);
  },
};

/**
 * Reads a property from the original, or from the view's writes where it was written. The language forbids a proxy to
 * replace a property that is fixed on its target. So the target is an object of ours, and each fixed property is
 * defined on it with the replaced value.
 */
export class ViewHandler<T extends object> implements ProxyHandler<T> {
  readonly original: T;
  readonly view: T;
  protected readonly replace: ReplaceProperty;
  readonly #source: UnknownRecord | undefined;
  /** Holds the written properties. The language checks on this object whether a write is allowed. */
  #writes: object | undefined;
  #deleted: Set<PropertyKey> | undefined;
  /** Accessors of the original whose getters replace the value. Cached, so that each read gives the same function. */
  #accessors: Map<PropertyKey, PropertyDescriptor> | undefined;
  /** Whether properties were defined on the target. */
  #hasFixed = false;
  /** Whether the view got another prototype. `#writes` then holds all properties of the view. */
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
    // A read of a deleted property reaches the prototype.
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

  /** A written value is not replaced. A subclass may replace it. */
  protected replaceWritten(value: unknown, _key: PropertyKey): unknown {
    return value;
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    const { original } = this;
    const holder = (this.isWritten(key) && this.#writes) || original;
    // An object that inherits from the view gets the property itself.
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

  /** The view's descriptor of the property: as written, else as on the original. Its value is not replaced yet. */
  protected describe(key: PropertyKey): PropertyDescriptor | undefined {
    const isWritten = this.isWritten(key);
    if (!isWritten && this.#deleted?.has(key)) return undefined;
    if (isWritten && this.#writes) return Reflect.getOwnPropertyDescriptor(this.#writes, key);
    const descriptor = Reflect.getOwnPropertyDescriptor(this.original, key);
    return descriptor?.get ? this.#accessorOf(key, descriptor) : descriptor;
  }

  /** A copied accessor gives replaced values too. All exports of a CommonJS build are accessors. */
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
   * Copies the property to `#writes` as the view has it, then changes the copy. Refuses a new property where the original
   * is not extensible.
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

  /** Copies the property of the view to `writes`. */
  #copy(writes: object, key: PropertyKey): void {
    const descriptor = this.isWritten(key) ? undefined : this.describe(key);
    if (!descriptor) return;
    if ("value" in descriptor) descriptor.value = this.#replaced(descriptor.value, key, false);
    Object.defineProperty(writes, key, descriptor);
  }
}

/** `typeof` and `Array.isArray` look at the target of a proxy, so the target has the same type as the original. */
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
    // `__proto__` is a setter of every object, so it is no setter of this class.
    if (descriptor) return holder === Object.prototype ? undefined : descriptor.set;
  }
  return undefined;
}

/** Whether the property cannot be deleted or redefined. */
function isPermanent(target: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
}

/** Whether the value cannot change. */
function isFixed(target: object, key: PropertyKey): boolean {
  const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

/**
 * Stores the original of a value of ours that the program or the SDK gets.
 *
 * @returns `view`
 */
export function rememberOriginal<T>(view: T, original: unknown): T {
  const key = asRecord(view);
  if (key) originals.set(key, original);
  return view;
}

/**
 * Wraps a function so that a call on a view gets the view's original as `this`. Name, length, properties and prototype
 * stay the same.
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

/** @returns the value to wrap: a view with writes itself, because the writes count; else the original */
export function valueToWrap(value: unknown): unknown {
  const view = asRecord(value);
  return view && written.has(view) ? value : originalOf(value);
}

/**
 * Caches the replaced value of each property until the property has another value, so that each read gives the same
 * object. A value that is not replaced is not cached.
 */
export function cached(replace: ReplaceProperty): ReplaceProperty {
  const known = new Map<PropertyKey, { readonly value: unknown; readonly replaced: unknown }>();
  return (value, key) => {
    const last = known.get(key);
    if (last && last.value === value) return last.replaced;
    const replaced = replace(value, key);
    if (replaced !== value) known.set(key, { value, replaced });
    return replaced;
  };
}

/** A proxy that reads from the original and keeps writes to itself. Its list of keys never changes. */
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

/** The properties that `Object.assign` would copy, as getters: a value is read from its source at each read. */
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
