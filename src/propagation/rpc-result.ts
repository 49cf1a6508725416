/**
 * The result of an RPC call whose receiver may turn out not to be traced. It is the runtime's own promise, with a second
 * try where it fails.
 */
import { callMethod } from "../carriers/headers.ts";
import { asRecord, isFunction, type UnknownFunction } from "../foundation/structure.ts";

/** Boxed: what a call returns is a thenable, which a promise would wait for. */
export interface RpcOutcome {
  readonly value: unknown;
  /** What the value was read from, where it is a property. */
  readonly owner?: unknown;
}

/**
 * Properties and methods of the result can be used before it is there: the runtime sends such calls at once, and so does
 * this.
 *
 * @param recover returns another outcome in the place of one that failed, or throws its error
 * @param owner what the result was read from, where it is a property
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
    // The runtime's `then` takes no `undefined` for a function.
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
      if (typeof key === "symbol") return bound(value, original);
      return recoverableResult(value, (error) => propertyOf(recoverOnce(error), key), original);
    },
    apply: (_target, _self, args) =>
      recoverableResult(callOf({ value: result, owner }, args), (error) => {
        if (!isUnchanging(args)) throw error;
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

/** Of an RPC property, `bind` and `apply` are RPC properties too. */
export function bound(method: UnknownFunction, receiver: unknown): UnknownFunction {
  return (...args) => Reflect.apply(method, receiver, args);
}

/** Whether arguments are the same later as they were at the call: the caller may use an object again. */
export function isUnchanging(args: readonly unknown[]): boolean {
  return args.every((value) => asRecord(value) === undefined);
}
