/**
 * Views: proxies that show some properties of an object in another way and all else as it is. What is written to a view
 * stays there, and never reaches the original. Whoever has a view can be given the original back.
 */
import { report } from "../foundation/containment.ts";
import { sharedState } from "../foundation/process-state.ts";
import { asRecord, type UnknownFunction, type UnknownRecord } from "../foundation/structure.ts";

/** Every view and traced function, of any wrapper and any copy of ours, to its original: what is traced stays as it is. */
const originals = sharedState("originals.v1", WeakMap<object, unknown>);
/** The views that somebody has written to: they are no longer their originals. */
const written = sharedState("written-views.v1", WeakSet<object>);

/** What a property is seen as. */
export type Show = (value: unknown, key: PropertyKey) => unknown;

/**
 * @param show what a property is seen as; getters see the original, so private fields work
 */
export function viewOf<T extends object>(original: T, show: Show): T {
  return new ViewHandler<T>(original, show).view;
}

/** Node prints the target of a proxy: let it print the object that the proxy stands for. */
const PRINTED = {
  [Symbol.for("nodejs.util.inspect.custom")](this: unknown): unknown {
    return originalOf(this);
  },
};

/**
 * Reads come from the original, but for what was written. A proxy may not show what its target has fixed in another way,
 * so the target is an object of ours: what the view shows as fixed is repeated there as it is shown.
 */
export class ViewHandler<T extends object> implements ProxyHandler<T> {
  readonly original: T;
  readonly view: T;
  protected readonly show: Show;
  readonly #source: UnknownRecord | undefined;
  /** Has the written properties. The language decides on it whether a write is allowed. */
  #own: object | undefined;
  #deleted: Set<PropertyKey> | undefined;
  /** The original's accessors, as the view shows them: the same each time. */
  #accessors: Map<PropertyKey, PropertyDescriptor> | undefined;
  /** Whether the target has properties. */
  #hasFixed = false;
  /** Whether somebody has given the view another prototype: all that it had was kept. */
  #isApart = false;

  constructor(original: T, show: Show) {
    this.original = original;
    this.#source = asRecord(original);
    this.show = show;
    this.view = rememberOriginal(new Proxy(targetLike(original), this), original);
  }

  apply(_target: T, self: unknown, args: unknown[]): unknown {
    return Reflect.apply(this.original as UnknownFunction, self, args);
  }

  get(target: T, key: PropertyKey): unknown {
    const own = this.#own;
    const isWritten = own !== undefined && (this.#isApart || Object.hasOwn(own, key));
    let value: unknown;
    if (isWritten) value = Reflect.get(own, key, this.view);
    // Where an own property was deleted, its prototype shows.
    else if (own && this.#deleted?.has(key)) value = Reflect.get(own, key, this.original);
    else value = this.#source?.[key];
    const shown = this.#shown(value, key, isWritten);
    return this.#hasFixed && isFixed(target, key) ? Reflect.get(target, key) : shown;
  }

  #shown(value: unknown, key: PropertyKey, isWritten: boolean): unknown {
    try {
      return isWritten ? this.showWritten(value, key) : this.show(value, key);
    } catch (error) {
      report("view", error);
      return value;
    }
  }

  /** What was written to the view is seen as it was written. */
  protected showWritten(value: unknown, _key: PropertyKey): unknown {
    return value;
  }

  set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    const { original } = this;
    const holder = (this.isWritten(key) && this.#own) || original;
    // What inherits from the view has properties of its own.
    if (receiver !== this.view) return Reflect.set(holder, key, value, receiver);
    // A setter is a method of the original's: it may use private members.
    if (holder === original && setterOf(original, key)) return Reflect.set(original, key, value);
    return this.#write(target, key, (own) => Reflect.set(own, key, value));
  }

  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    if (!this.#write(target, key, (own) => Reflect.defineProperty(own, key, descriptor))) return false;
    this.getOwnPropertyDescriptor(target, key);
    return true;
  }

  deleteProperty(target: T, key: PropertyKey): boolean {
    if (this.describe(key)?.configurable === false) return false;
    Reflect.deleteProperty(target, key);
    Reflect.deleteProperty(this.#ownObject(), key);
    (this.#deleted ??= new Set()).add(key);
    return true;
  }

  has(target: T, key: PropertyKey): boolean {
    const isOurs = this.isWritten(key) || this.#deleted?.has(key);
    return Reflect.has((isOurs && this.#own) || this.original, key) || Object.hasOwn(target, key);
  }

  ownKeys(target: T): (string | symbol)[] {
    if (!Reflect.isExtensible(target)) return Reflect.ownKeys(target);
    const keys = Reflect.ownKeys(this.original);
    if (!this.#own) return keys;
    if (this.#isApart) return Reflect.ownKeys(this.#own);
    return [...new Set([...keys, ...Reflect.ownKeys(this.#own)])].filter((key) => this.describe(key));
  }

  getOwnPropertyDescriptor(target: T, key: PropertyKey): PropertyDescriptor | undefined {
    const descriptor = this.describe(key);
    const isKnown = !this.#hasFixed || Reflect.isExtensible(target) || Object.hasOwn(target, key);
    if (!descriptor || !isKnown) return isKnown ? Reflect.getOwnPropertyDescriptor(target, key) : undefined;
    if ("value" in descriptor) descriptor.value = this.#shown(descriptor.value, key, this.isWritten(key));
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
    return Reflect.getPrototypeOf(this.#own ?? this.original);
  }

  setPrototypeOf(target: T, prototype: object | null): boolean {
    if (prototype === this.getPrototypeOf()) return true;
    if (!this.isExtensible(target)) return false;
    const own = this.#ownObject();
    for (const key of this.ownKeys(target)) this.#keep(own, key);
    return (this.#isApart = Reflect.setPrototypeOf(own, prototype));
  }

  protected isWritten(key: PropertyKey): boolean {
    return this.#own !== undefined && (this.#isApart || Object.hasOwn(this.#own, key));
  }

  /** An own property of the view, as it was written or as the original has it. */
  protected describe(key: PropertyKey): PropertyDescriptor | undefined {
    const isWritten = this.isWritten(key);
    if (!isWritten && this.#deleted?.has(key)) return undefined;
    if (isWritten && this.#own) return Reflect.getOwnPropertyDescriptor(this.#own, key);
    const descriptor = Reflect.getOwnPropertyDescriptor(this.original, key);
    return descriptor?.get ? this.#accessorOf(key, descriptor) : descriptor;
  }

  /** Whoever copies an accessor copies what the view shows (a CommonJS build has nothing else). */
  #accessorOf(key: PropertyKey, descriptor: PropertyDescriptor): PropertyDescriptor {
    const accessors = (this.#accessors ??= new Map<PropertyKey, PropertyDescriptor>());
    const known = accessors.get(key);
    if (known) return { ...known };
    const shown = { ...descriptor, get: () => this.#shown(this.#source?.[key], key, false) };
    if (descriptor.set) shown.set = (value: unknown) => void Reflect.set(this.original, key, value);
    accessors.set(key, shown);
    return { ...shown };
  }

  /**
   * Writes to the object that keeps what is written, which has the property as the view does. A property that the original
   * would not take is refused.
   */
  #write(target: T, key: PropertyKey, change: (own: object) => boolean): boolean {
    if (!this.describe(key) && !this.isExtensible(target)) return false;
    const own = this.#ownObject();
    const wasWritten = this.isWritten(key);
    this.#keep(own, key);
    const isDone = change(own);
    if (!isDone && !wasWritten && !isKept(own, key)) Reflect.deleteProperty(own, key);
    return isDone;
  }

  #ownObject(): object {
    if (this.#own) return this.#own;
    written.add(this.view);
    return (this.#own = Object.create(Reflect.getPrototypeOf(this.original)) as object);
  }

  /** The property stays as the view has it now. */
  #keep(own: object, key: PropertyKey): void {
    const descriptor = this.isWritten(key) ? undefined : this.describe(key);
    if (!descriptor) return;
    if ("value" in descriptor) descriptor.value = this.#shown(descriptor.value, key, false);
    Object.defineProperty(own, key, descriptor);
  }
}

/** What `typeof` and `Array.isArray` tell of a proxy, its target decides. */
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
    // `__proto__` is not the original's own matter.
    if (descriptor) return holder === Object.prototype ? undefined : descriptor.set;
  }
  return undefined;
}

/** A property that is there for good. */
function isKept(target: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
}

/** A value that is there for good. */
function isFixed(target: object, key: PropertyKey): boolean {
  const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

/** `view` takes the place of `original`. */
export function rememberOriginal<T>(view: T, original: unknown): T {
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

/** What is to be traced in place of a value: a view that somebody has written to is traced with what was written. */
export function tracedSubject(value: unknown): unknown {
  const view = asRecord(value);
  return view && written.has(view) ? value : originalOf(value);
}

/**
 * Shows the same value in the same way: for what is made anew otherwise. A value that is shown as it is is looked at each
 * time.
 */
export function cached(show: Show): Show {
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

/** What `Object.assign` makes of the sources, each value read when it is asked for. */
export function unreadCopyOf(sources: readonly UnknownRecord[]): object {
  const copy = {};
  for (const source of sources) {
    for (const key of Object.keys(source)) {
      Object.defineProperty(copy, key, { configurable: true, enumerable: true, get: () => source[key] });
    }
  }
  return copy;
}

/** A copy with nothing fixed. */
export function loosened<T extends object>(original: T): T {
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values<PropertyDescriptor>(descriptors)) descriptor.configurable = true;
  return Object.create(Object.getPrototypeOf(original), descriptors) as T;
}
