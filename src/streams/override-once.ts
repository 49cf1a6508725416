/**
 * Gives one object a method of ours for its next call, and takes it away before that call goes on: nobody who looks at
 * the object later finds it there.
 */
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";

/** A method of ours that waits for its call. */
export interface Override {
  /** @returns false when it has been called, or somebody has replaced it */
  restore(): boolean;
}

/**
 * @param replace is called in place of the method, with the method the object has without us
 * @returns `undefined` when the object takes no method: it is frozen, say
 */
export function overrideOnce(
  owner: object,
  key: PropertyKey,
  replace: (original: UnknownFunction, args: unknown[]) => unknown,
): Override | undefined {
  const own = Reflect.getOwnPropertyDescriptor(owner, key);
  const originalOf = (): UnknownFunction => {
    const original = own ? valueOf(own, owner) : inherited(owner, key);
    // Callers make sure that there is one; without it the call fails as it does without us.
    return isFunction(original) ? original : (original as UnknownFunction);
  };
  const restore = (): boolean => {
    if (Reflect.getOwnPropertyDescriptor(owner, key)?.value !== method) return false;
    return own ? Reflect.defineProperty(owner, key, own) : Reflect.deleteProperty(owner, key);
  };
  function method(this: unknown, ...args: unknown[]): unknown {
    // A foreign receiver.
    if (this !== owner) return Reflect.apply(originalOf(), this, args);
    restore();
    return replace(originalOf(), args);
  }
  const enumerable = own?.enumerable === true;
  const isSet = Reflect.defineProperty(owner, key, {
    configurable: true,
    writable: true,
    enumerable,
    value: method,
  });
  return isSet ? { restore } : undefined;
}

function valueOf(descriptor: PropertyDescriptor, owner: object): unknown {
  return descriptor.get ? Reflect.apply(descriptor.get, owner, []) : descriptor.value;
}

function inherited(owner: object, key: PropertyKey): unknown {
  const prototype = Reflect.getPrototypeOf(owner);
  return prototype ? Reflect.get(prototype, key, owner) : undefined;
}
