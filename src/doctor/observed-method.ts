/** Observes the calls of a method of an object that is not ours. */
import { contain } from "../foundation/containment.ts";
import { isFunction, readProperty } from "../foundation/structure.ts";

/** What an observer returns for a call. */
export interface ObservedCall {
  /** The arguments with which the method is called. Default: those of the call. */
  readonly args?: readonly unknown[];
  /** Called with the error that the method has thrown. */
  readonly onThrow?: (error: unknown) => void;
}

/**
 * Replaces a method by one that first calls `observe` with the arguments, and then the method. The caller gets the
 * value or the error of the method.
 *
 * @returns whether the method is observed. A method of a frozen object cannot be replaced.
 */
export function observeMethod(
  owner: object,
  name: string,
  observe: (args: readonly unknown[]) => ObservedCall | void,
): boolean {
  const method = readProperty(owner, name);
  if (!isFunction(method)) return false;
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    const call = contain("doctor: method", () => observe(args)) ?? undefined;
    try {
      return Reflect.apply(method, this, call?.args ?? args);
    } catch (error) {
      contain("doctor: method", () => call?.onThrow?.(error));
      throw error;
    }
  };
  const descriptor = { value: observed, configurable: true, writable: true, enumerable: false };
  return contain("doctor: method", () => Reflect.defineProperty(owner, name, descriptor)) === true;
}
