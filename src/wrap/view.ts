/**
 * Views: proxies that show some properties of an object in another way and all else as it is. What is written to a view
 * stays there, and never reaches the original. Whoever has a view can be given the original back.
 */
import { report } from "../containment.ts";
import { asRecord, isRecord, type UnknownFunction, type UnknownRecord } from "../readers/structure.ts";

/** Every view and traced function of ours, in any wrapper, to its original: what is traced stays as it is. */
const originals = new WeakMap<object, unknown>();
/** The views that somebody has written to: they are no longer their originals. */
const written = new WeakSet<object>();

/** What a property is seen as. */
export type Show = (value: unknown, key: PropertyKey) => unknown;

/**
 * @param keys the properties that `show` has to change; others that are fixed are seen as they are
 * @param show what a property is seen as; getters see the original, so private fields work
 */
export function viewOf<T extends object>(original: T, keys: readonly PropertyKey[], show: Show): T {
  return new ViewHandler<T>(original, show).viewFor(keys);
}

/** Reads come from the original, but for what was written. The traps of a view that nobody writes to are the fewest. */
export class ViewHandler<T extends object> implements ProxyHandler<T> {
  readonly original: T;
  protected readonly show: Show;
  readonly #source: UnknownRecord | undefined;
  #view: T | undefined;
  /** Own properties of the view alone; `undefined`: one of the original's that was deleted. */
  #written: Map<PropertyKey, PropertyDescriptor | undefined> | undefined;
  has?: (target: T, key: PropertyKey) => boolean;
  ownKeys?: () => (string | symbol)[];
  getOwnPropertyDescriptor?: (target: T, key: PropertyKey) => PropertyDescriptor | undefined;

  constructor(original: T, show: Show) {
    this.original = original;
    this.#source = asRecord(original);
    this.show = show;
  }

  /** @param keys the properties that `show` has to change */
  viewFor(keys: readonly PropertyKey[]): T {
    const { original } = this;
    // A proxy may not show another value for a property that its target has fixed.
    const isOpen = !keys.some((key) => isFixed(original, key));
    if (!isOpen) this.answerForOriginal();
    return (this.#view = rememberOriginal(new Proxy(isOpen ? original : loosened(original), this), original));
  }

  get(target: T, key: PropertyKey): unknown {
    const isWritten = this.#written?.has(key) === true;
    const value = isWritten ? this.#readWritten(key) : this.#source?.[key];
    let shown = value;
    try {
      shown = isWritten ? this.showWritten(value, key) : this.show(value, key);
    } catch (error) {
      report("view", error);
    }
    // The program may have fixed it since.
    return shown === value || !isFixed(target, key) ? shown : value;
  }

  /** What was written to the view is seen as it was written; below what was deleted the original's class shows. */
  protected showWritten(value: unknown, key: PropertyKey): unknown {
    return this.#written?.get(key) ? value : this.show(value, key);
  }

  /** As an assignment to the original would: what cannot be assigned there cannot be here. */
  set(_target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (receiver !== this.#view)
      return isRecord(receiver) && Reflect.defineProperty(receiver, key, dataOf(value));
    const own = this.describe(key);
    const known = own ?? inheritedOf(this.original, key);
    const isRefused = known && ("value" in known ? known.writable === false : !known.set);
    if (isRefused || (!own && !Reflect.isExtensible(this.original))) return false;
    return this.write(key, own && "value" in own ? { ...own, value } : dataOf(value));
  }

  defineProperty(_target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    const own = this.describe(key);
    if (
      own
        ? own.configurable === false && !isCompatible(own, descriptor)
        : !Reflect.isExtensible(this.original)
    ) {
      return false;
    }
    const empty = { configurable: false, enumerable: false };
    const base =
      own ??
      ("get" in descriptor || "set" in descriptor ? empty : { ...empty, writable: false, value: undefined });
    return this.write(key, merged(base, descriptor));
  }

  deleteProperty(_target: T, key: PropertyKey): boolean {
    if (this.describe(key)?.configurable === false) return false;
    if (Object.hasOwn(this.original, key)) return this.write(key, undefined);
    this.#written?.delete(key);
    return true;
  }

  /** An own property of the view. */
  describe(key: PropertyKey): PropertyDescriptor | undefined {
    return this.#written?.has(key) === true
      ? this.#written.get(key)
      : Reflect.getOwnPropertyDescriptor(this.original, key);
  }

  write(key: PropertyKey, descriptor: PropertyDescriptor | undefined): true {
    this.#written ??= new Map();
    this.#written.set(key, descriptor);
    if (this.#view) written.add(this.#view);
    this.answerForOriginal();
    return true;
  }

  /** The target is not what the view shows: it may list other properties. */
  answerForOriginal(): void {
    this.has = (_target, key) => {
      if (this.#written?.has(key) !== true) return Reflect.has(this.original, key);
      return this.#written.get(key) !== undefined || inheritedOf(this.original, key) !== undefined;
    };
    this.ownKeys = () => {
      const keys = new Set(Reflect.ownKeys(this.original));
      for (const [key, descriptor] of this.#written ?? []) {
        // Keys of a proxy's traps are strings and symbols.
        if (descriptor) keys.add(key as string | symbol);
        else keys.delete(key as string | symbol);
      }
      return [...keys];
    };
    this.getOwnPropertyDescriptor = (target, key) => {
      const descriptor = this.describe(key);
      if (!descriptor) return undefined;
      // Only what the target has fixed may be shown as fixed.
      const configurable = Reflect.getOwnPropertyDescriptor(target, key)?.configurable !== false;
      return { ...descriptor, configurable };
    };
  }

  #readWritten(key: PropertyKey): unknown {
    const descriptor = this.#written?.get(key);
    const prototype: unknown = Object.getPrototypeOf(this.original);
    // What shows where an own property was deleted.
    if (!descriptor) return isRecord(prototype) ? Reflect.get(prototype, key, this.original) : undefined;
    return "value" in descriptor ? descriptor.value : descriptor.get?.call(this.#view);
  }
}

/**
 * What the program holds in place of its own object for as long as it likes. Its state reaches the object, whose methods
 * are to see it: setters and properties that are data. Methods that somebody replaces, and new properties, stay here.
 */
export class StandInHandler<T extends object> extends ViewHandler<T> {
  override set(target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    return this.isState(key, value)
      ? Reflect.set(this.original, key, value, this.original)
      : super.set(target, key, value, receiver);
  }

  override defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    return "value" in descriptor && this.isState(key, descriptor.value)
      ? Reflect.defineProperty(this.original, key, descriptor)
      : super.defineProperty(target, key, descriptor);
  }

  override deleteProperty(target: T, key: PropertyKey): boolean {
    return Object.hasOwn(this.original, key) && this.isState(key, undefined)
      ? Reflect.deleteProperty(this.original, key)
      : super.deleteProperty(target, key);
  }

  protected isState(key: PropertyKey, value: unknown): boolean {
    const known = this.describe(key) ?? inheritedOf(this.original, key);
    if (!known || typeof value === "function") return false;
    return "value" in known ? Object.hasOwn(this.original, key) && typeof known.value !== "function" : true;
  }
}

function dataOf(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

/** A property as a prototype of the object has it. */
function inheritedOf(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  let holder: unknown = Object.getPrototypeOf(object);
  while (asRecord(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder as object, key);
    if (descriptor) return descriptor;
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}

/** Whether a property that is not configurable may be defined so: only a writable one, with another value. */
function isCompatible(own: PropertyDescriptor, descriptor: PropertyDescriptor): boolean {
  return Reflect.defineProperty(Object.defineProperty({}, "key", own), "key", descriptor);
}

function merged(base: PropertyDescriptor, descriptor: PropertyDescriptor): PropertyDescriptor {
  const holder = Object.defineProperty({}, "key", { ...base, configurable: true });
  Object.defineProperty(holder, "key", { configurable: base.configurable === true, ...descriptor });
  // Just defined.
  return Object.getOwnPropertyDescriptor(holder, "key") as PropertyDescriptor;
}

export function isFixed(target: object, key: PropertyKey): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
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

/** A copy with nothing fixed. */
export function loosened<T extends object>(original: T): T {
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values<PropertyDescriptor>(descriptors)) descriptor.configurable = true;
  return Object.create(Object.getPrototypeOf(original), descriptors) as T;
}
