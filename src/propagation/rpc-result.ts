/**
 * Wraps the result of an RPC call whose receiver may turn out not to be wrapped. The result is the runtime's promise.
 * Where it fails because the receiver lacks our method, the application's method is called instead.
 */
import { callMethod } from "../carriers/headers.ts";
import { asRecord, isFunction, type UnknownFunction } from "../foundation/structure.ts";

/** The outcome is boxed, because a call returns a thenable, for which a promise would wait. */
export interface RpcOutcome {
  readonly value: unknown;
  /** The object from which the value was read, where it is a property. */
  readonly owner?: unknown;
}

/**
 * Wraps a result whose properties and methods can be used before it has settled. The runtime sends such calls at
 * once, and so does the wrapped result.
 *
 * @param recover returns the outcome that replaces a failed one, or throws the error
 * @param owner the object from which the result was read, where it is a property
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
    // Both functions are passed, because the runtime's `then` refuses `undefined`.
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

/** Binds without `bind`: on an RPC property, `bind` and `apply` are RPC properties, too. */
export function boundMethod(method: UnknownFunction, receiver: unknown): UnknownFunction {
  return (...args) => Reflect.apply(method, receiver, args);
}

/** Whether a later call would send the same arguments. The caller may change an object in between. */
export function arePrimitives(args: readonly unknown[]): boolean {
  return args.every((value) => asRecord(value) === undefined);
}
