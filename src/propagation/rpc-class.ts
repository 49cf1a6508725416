/**
 * The receiving side of Workers RPC: a class whose `fetch` and RPC methods run in the context that a traced stub sent.
 * Opens no span, and lets nobody call what the runtime would not.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, isRecord, isString, type UnknownFunction } from "../foundation/structure.ts";
import { withRemoteContext } from "./remote-context.ts";
import { RPC_METHOD, RPC_VERSION } from "./rpc-protocol.ts";

/** What the runtime calls by itself and refuses to RPC. */
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
 * A `DurableObject` or `WorkerEntrypoint` class for traced stubs: requests and RPC calls run in the sender's context,
 * so that agent runs in them join its trace. Callers without a traced stub notice nothing; alarms and other events have
 * no sender and run as ever.
 *
 * @returns a subclass; export it in the place of the class
 */
export function wrapRpcClass<T extends abstract new (...given: never[]) => object>(rpcClass: T): T {
  // Constructor arguments pass through unseen, whatever they are.
  const base = rpcClass as unknown as new (...given: unknown[]) => object;
  class TracedRpc extends base {}
  define(TracedRpc.prototype, RPC_METHOD, function call(this: object, ...given: readonly unknown[]) {
    if (given.length === 0) return RPC_VERSION;
    const [carrier, name, values] = given;
    const method = rpcMethod(this, name);
    return withRemoteContext(carrier, () => Reflect.apply(method, this, Array.isArray(values) ? values : []));
  });
  // The runtime takes a class with the property for one that handles requests.
  if ("fetch" in base.prototype) {
    define(TracedRpc.prototype, "fetch", function fetch(this: object, ...given: readonly unknown[]) {
      return withRemoteContext(given[0], () => {
        // Read at the call: a getter of the class may need its instance.
        const handle: unknown = Reflect.get(base.prototype, "fetch", this);
        if (!isFunction(handle)) throw new TypeError("fetch is not a function");
        return Reflect.apply(handle, this, given);
      });
    });
  }
  contain("rpc class", () => Object.defineProperty(TracedRpc, "name", { value: rpcClass.name }));
  // A subclass of T that takes and makes what T does.
  return TracedRpc as unknown as T;
}

function define(
  prototype: object,
  name: string,
  value: (this: object, ...given: unknown[]) => unknown,
): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
}

/** @throws TypeError in the runtime's words, for a method that it would not call either: one's own, a reserved one */
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
