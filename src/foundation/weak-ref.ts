/**
 * References that keep nothing alive, and the news that a value was collected, where the runtime has them. Some runtimes
 * have the classes and refuse to construct them (Temporal's workflow sandbox).
 */
import { contain, contained, report } from "./containment.ts";

export interface Reference<T> {
  deref(): T | undefined;
}

/** Keeps the value alive where the runtime has no weak references. */
export function referenceTo<T extends object>(value: T): Reference<T> {
  const reference = typeof WeakRef === "undefined" ? undefined : contain("WeakRef", () => new WeakRef(value));
  return reference ? new ContainedReference(reference) : { deref: () => value };
}

/** One that cannot be asked has nothing. */
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

/** Whose collection is reported. */
export interface Collection<T> {
  /** @param held must not hold `value`: V8 keeps it alive until the next full collection, even after `unregister` */
  register(value: object, held: T, token?: object): boolean;
  unregister(token: object): void;
}

/** @param onCollected called some time after a registered value was collected; never where the runtime cannot tell */
export function watchCollection<T>(onCollected: (held: T) => void): Collection<T> {
  const registry =
    typeof FinalizationRegistry === "undefined"
      ? undefined
      : contain("FinalizationRegistry", () => new FinalizationRegistry(contained("collection", onCollected)));
  return {
    register: (value, held, token) =>
      registry !== undefined &&
      contain("collection", () => (registry.register(value, held, token), true)) === true,
    unregister: (token) => void contain("collection", () => registry?.unregister(token)),
  };
}
