/**
 * Replaces a method of one object for its next call. The original is restored when that call begins. So after the call
 * the program finds only the original method on the object.
 */
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";

/** A replaced method that has not been called yet. */
export interface Override {
  /**
   * Restores the original method.
   *
   * @returns `false` if our method has been called, or if other code has replaced it
   */
  restore(): boolean;
}

/**
 * @param replace runs instead of the method, with the original method and the arguments of the call
 * @returns `undefined` when the method cannot be replaced, for example on a frozen object
 */
export function overrideOnce(
  owner: object,
  key: PropertyKey,
  replace: (original: UnknownFunction, args: unknown[]) => unknown,
): Override | undefined {
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
  const originalOf = (): UnknownFunction => {
    const original = descriptor ? valueOf(descriptor, owner) : inherited(owner, key);
    // The method existed when it was replaced. If it is gone now, the call throws, as it does without ai-spans.
    return isFunction(original) ? original : (original as UnknownFunction);
  };
  const restore = (): boolean => {
    if (Reflect.getOwnPropertyDescriptor(owner, key)?.value !== method) return false;
    return descriptor ? Reflect.defineProperty(owner, key, descriptor) : Reflect.deleteProperty(owner, key);
  };
  function method(this: unknown, ...args: unknown[]): unknown {
    // `this` is an object that inherits from `owner`. Only calls on `owner` itself are replaced.
    if (this !== owner) return Reflect.apply(originalOf(), this, args);
    restore();
    return replace(originalOf(), args);
  }
  const enumerable = descriptor?.enumerable === true;
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
