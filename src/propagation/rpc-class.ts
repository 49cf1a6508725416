/**
 * The receiving side of Workers RPC. The `fetch` and the RPC methods of a wrapped class run in the context that a
 * wrapped stub sent. Opens no span. A caller cannot call a method that the runtime would refuse.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, isRecord, isString, type UnknownFunction } from "../foundation/structure.ts";
import { withRemoteContext } from "./remote-context.ts";
import { RPC_METHOD, RPC_VERSION } from "./rpc-protocol.ts";

/** Methods that only the runtime may call. It refuses them to RPC callers. */
const RESERVED = new Set([
  "constructor",
  "fetch",
  "connect",
  "alarm",
  "webSocketMessage",
  "webSocketClose",
  "webSocketError",
  "scheduled",
  "queue",
  "tail",
  "tailStream",
  "trace",
  "test",
  "email",
  "dup",
  RPC_METHOD,
]);

/**
 * Wraps a `DurableObject` or `WorkerEntrypoint` class. Requests and RPC calls from wrapped stubs run in the sender's
 * context, so agent runs in them join the sender's trace. Calls from other stubs, alarms and other events carry no
 * context and run unchanged. No span is added.
 *
 * @param rpcClass is not changed
 * @returns a subclass; export it instead of the class
 *
 * @example
 * export const Rooms = wrapRpcClass(RoomsObject);
 */
export function wrapRpcClass<T extends abstract new (...args: never[]) => object>(rpcClass: T): T {
  // The subclass passes all constructor arguments on, so the cast may drop their types.
  const base = rpcClass as unknown as new (...args: unknown[]) => object;
  class WrappedRpc extends base {}
  define(WrappedRpc.prototype, RPC_METHOD, function call(this: object, ...args: readonly unknown[]) {
    if (args.length === 0) return RPC_VERSION;
    const [carrier, name, values] = args;
    const method = rpcMethod(this, name);
    return withRemoteContext(carrier, () => Reflect.apply(method, this, Array.isArray(values) ? values : []));
  });
  // The runtime sends requests to every class that has `fetch`. So the subclass gets a `fetch` only if the class has
  // one.
  if ("fetch" in base.prototype) {
    define(WrappedRpc.prototype, "fetch", function fetch(this: object, ...args: readonly unknown[]) {
      return withRemoteContext(args[0], () => {
        // It is read at each call, because it may be a getter that needs the instance.
        const handle: unknown = Reflect.get(base.prototype, "fetch", this);
        if (!isFunction(handle)) throw new TypeError("fetch is not a function");
        return Reflect.apply(handle, this, args);
      });
    });
  }
  contain("rpc class", () => Object.defineProperty(WrappedRpc, "name", { value: rpcClass.name }));
  // The subclass has the same constructor arguments and instances as T.
  return WrappedRpc as unknown as T;
}

function define(prototype: object, name: string, value: (this: object, ...args: unknown[]) => unknown): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
}

/**
 * @throws TypeError with the runtime's message, for a method that the runtime would refuse: a reserved method, or a
 *   function that is a property of the instance
 */
function rpcMethod(receiver: object, name: unknown): UnknownFunction {
  let holder = Object.getPrototypeOf(receiver);
  while (isString(name) && !RESERVED.has(name) && isRecord(holder) && holder !== Object.prototype) {
    if (Object.hasOwn(holder, name)) {
      const method: unknown = Reflect.get(holder, name, receiver);
      if (isFunction(method) && !Object.hasOwn(receiver, name)) return method;
    }
    holder = Object.getPrototypeOf(holder);
  }
  throw new TypeError(`The RPC receiver does not implement the method "${String(name)}".`);
}
