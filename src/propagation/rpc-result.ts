/**
 * Wraps the result of a traced RPC call. The result is the runtime's promise. If the call fails because the receiver
 * does not have our method, the application's method is called without the context.
 */
import { callMethod } from "../carriers/headers.ts";
import { asRecord, isFunction, type UnknownFunction } from "../foundation/structure.ts";

/**
 * The outcome of a call. The value is in an object, because it may be a thenable, and a promise would wait for a
 * thenable.
 */
export interface RpcOutcome {
  readonly value: unknown;
  /** The object from which the value was read, if the value is a property. */
  readonly owner?: unknown;
}

/**
 * Wraps a result whose properties and methods can be used before it has settled. The runtime sends such calls at once,
 * and so does the wrapped result.
 *
 * @param recover returns the outcome that replaces a failure, or throws the error
 * @param owner the object from which the result was read, if the result is a property
 */
export function recoverableResult(
  result: unknown,
  recover: (error: unknown) => RpcOutcome,
  owner?: unknown,
): unknown {
  const original = asRecord(result);
  if (!original || !isFunction(original.then)) return result;
  let settled: unknown;
  let recovered: RpcOutcome | undefined;
  const recoverOnce = (error: unknown): RpcOutcome => (recovered ??= recover(error));
  const settle = (): unknown =>
    // Both functions are passed, because the runtime's `then` does not accept `undefined`.
    callMethod(
      original,
      "then",
      (value: unknown) => value,
      (error: unknown) => recoverOnce(error).value,
    );
  return new Proxy(original, {
    get: (_target, key) => {
      if (key === "then" || key === "catch" || key === "finally") {
        return (...args: unknown[]) => callMethod((settled ??= settle()), key, ...args);
      }
      const value = Reflect.get(original, key, original);
      if (!isFunction(value)) return value;
      if (typeof key === "symbol") return boundMethod(value, original);
      return recoverableResult(value, (error) => propertyOf(recoverOnce(error), key), original);
    },
    apply: (_target, _self, args) =>
      recoverableResult(callOf({ value: result, owner }, args), (error) => {
        if (!arePrimitives(args)) throw error;
        return { value: callOf(recoverOnce(error), args) };
      }),
  });
}

function propertyOf({ value: owner }: RpcOutcome, key: string): RpcOutcome {
  return { value: asRecord(owner)?.[key], owner };
}

function callOf({ value, owner }: RpcOutcome, args: readonly unknown[]): unknown {
  return isFunction(value) ? Reflect.apply(value, owner, args) : undefined;
}

/** Binds a method without `bind`. On an RPC property, `bind` and `apply` are RPC properties too. */
export function boundMethod(method: UnknownFunction, receiver: unknown): UnknownFunction {
  return (...args) => Reflect.apply(method, receiver, args);
}

/**
 * Whether a later call would send the same arguments. It might not if one is an object, because the caller may change
 * it.
 */
export function arePrimitives(args: readonly unknown[]): boolean {
  return args.every((value) => asRecord(value) === undefined);
}
