/**
 * Views: proxies that show some properties of an object in another way and all else as it is. What is written to a view
 * stays there, and never reaches the original. Whoever has a view can be given the original back.
 */
import { report } from "../containment.ts";
import { asRecord, type UnknownFunction, type UnknownRecord } from "../readers/structure.ts";

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
  /** Has the properties that were written, and decides as any object whether they may be. */
  #own: object | undefined;
  #deleted: Set<PropertyKey> | undefined;
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
    const own = this.#own;
    const isWritten = own !== undefined && Object.hasOwn(own, key);
    let value: unknown;
    if (isWritten) value = Reflect.get(own, key, this.#view);
    // Where an own property was deleted, its prototype shows.
    else if (own && this.#deleted?.has(key)) value = Reflect.get(own, key, this.original);
    else value = this.#source?.[key];
    let shown = value;
    try {
      shown = isWritten ? this.showWritten(value, key) : this.show(value, key);
    } catch (error) {
      report("view", error);
    }
    // The program may have fixed it since.
    return shown === value || !isFixed(target, key) ? shown : value;
  }

  /** What was written to the view is seen as it was written. */
  protected showWritten(value: unknown, _key: PropertyKey): unknown {
    return value;
  }

  set(_target: T, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    return this.#write(key, (own) => Reflect.set(own, key, value, receiver === this.#view ? own : receiver));
  }

  defineProperty(target: T, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    // Whoever freezes or seals the view does so to the original, as without us: a proxy shows nothing fixed of its own.
    if (isFixing(descriptor)) {
      return [this.original, target].every((object) => Reflect.defineProperty(object, key, descriptor));
    }
    return this.#write(key, (own) => Reflect.defineProperty(own, key, descriptor));
  }

  deleteProperty(_target: T, key: PropertyKey): boolean {
    if (this.describe(key)?.configurable === false) return false;
    this.#write(key, (own) => Reflect.deleteProperty(own, key));
    (this.#deleted ??= new Set()).add(key);
    return true;
  }

  protected isWritten(key: PropertyKey): boolean {
    return this.#own !== undefined && Object.hasOwn(this.#own, key);
  }

  /** An own property of the view. */
  describe(key: PropertyKey): PropertyDescriptor | undefined {
    const isWritten = this.isWritten(key);
    if (!isWritten && this.#deleted?.has(key)) return undefined;
    return Reflect.getOwnPropertyDescriptor((isWritten && this.#own) || this.original, key);
  }

  /** The target is not what the view shows: it may list other properties. */
  answerForOriginal(): void {
    const { original } = this;
    this.has = (_target, key) => {
      const isOurs = this.isWritten(key) || this.#deleted?.has(key);
      return Reflect.has((isOurs && this.#own) || original, key);
    };
    this.ownKeys = () => {
      const keys = new Set([...Reflect.ownKeys(original), ...Reflect.ownKeys(this.#own ?? {})]);
      return [...keys].filter((key) => this.describe(key));
    };
    this.getOwnPropertyDescriptor = (target, key) => {
      const descriptor = this.describe(key);
      // Only what the target has fixed may be shown as fixed.
      return descriptor && { ...descriptor, configurable: !isKept(target, key) };
    };
  }

  /**
   * Writes to the object that keeps what is written, which has the property as the view does. What the original refuses is
   * refused here, and changes nothing.
   */
  #write(key: PropertyKey, change: (own: object) => boolean): boolean {
    const { original } = this;
    const descriptor = this.describe(key);
    if (descriptor ? isFixed(original, key) : !Reflect.isExtensible(original)) return false;
    if (!this.#own) {
      this.#own = Object.create(Object.getPrototypeOf(original) as object | null) as object;
      if (this.#view) written.add(this.#view);
      this.answerForOriginal();
    }
    const wasWritten = this.isWritten(key);
    if (descriptor && !wasWritten) Object.defineProperty(this.#own, key, descriptor);
    const isDone = change(this.#own);
    if (!isDone && !wasWritten) Reflect.deleteProperty(this.#own, key);
    return isDone;
  }
}

/** As `Object.freeze` and `Object.seal` define each property. */
function isFixing(descriptor: PropertyDescriptor): boolean {
  return descriptor.configurable === false && !["value", "get", "set"].some((name) => name in descriptor);
}

/** A property that is there for good. */
function isKept(target: object, key: PropertyKey): boolean {
  return Reflect.getOwnPropertyDescriptor(target, key)?.configurable === false;
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
