/**
 * References that keep nothing alive, where the runtime has them; elsewhere they do.
 */
export interface Reference<T> {
  deref(): T | undefined;
}

export function referenceTo<T extends object>(value: T): Reference<T> {
  return typeof WeakRef === "undefined" ? { deref: () => value } : new WeakRef(value);
}
