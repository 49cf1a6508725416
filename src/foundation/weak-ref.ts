/**
 * Weak references and callbacks after a value's collection, where the runtime has them. Some runtimes have the classes
 * but refuse to construct them, such as Temporal's workflow sandbox.
 */
import { contain, contained, report } from "./containment.ts";

export interface Reference<T> {
  deref(): T | undefined;
}

/** A weak reference. Where the runtime has none, a strong reference. */
export function referenceTo<T extends object>(value: T): Reference<T> {
  const reference = typeof WeakRef === "undefined" ? undefined : contain("WeakRef", () => new WeakRef(value));
  return reference ? new ContainedReference(reference) : { deref: () => value };
}

/** A weak reference whose `deref` returns `undefined` if the runtime's `deref` throws. */
class ContainedReference<T extends object> implements Reference<T> {
  readonly #reference: WeakRef<T>;

  constructor(reference: WeakRef<T>) {
    this.#reference = reference;
  }

  deref(): T | undefined {
    try {
      return this.#reference.deref();
    } catch (error) {
      report("WeakRef", error);
      return undefined;
    }
  }
}

/** Observes the collection of the values that are registered. */
export interface CollectionObserver<T> {
  /** Whether the runtime reports collections. */
  readonly isSupported: boolean;
  /**
   * @param held the argument of the callback. It must not hold `value`: V8 keeps `held` alive until the next full
   *   collection, even after `unregister`.
   * @param token the key of `unregister`
   * @returns `false` if the runtime reports no collections
   */
  register(value: object, held: T, token?: object): boolean;
  unregister(token: object): void;
}

/**
 * @param onCollected runs some time after a registered value was collected. It never runs if the runtime reports no
 *   collections.
 */
export function observeCollection<T>(onCollected: (held: T) => void): CollectionObserver<T> {
  const registry =
    typeof FinalizationRegistry === "undefined"
      ? undefined
      : contain("FinalizationRegistry", () => new FinalizationRegistry(contained("collection", onCollected)));
  return {
    isSupported: registry !== undefined,
    register: (value, held, token) =>
      registry !== undefined &&
      contain("collection", () => (registry.register(value, held, token), true)) === true,
    unregister: (token) => void contain("collection", () => registry?.unregister(token)),
  };
}
