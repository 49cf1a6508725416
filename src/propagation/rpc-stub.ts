/**
 * The calling side of Workers RPC: stubs and Durable Object namespaces that hand the active context on, `fetch` in its
 * headers, RPC methods beside their arguments. A receiver that is not traced is called as ever, with its own arguments.
 */
import { callMethod } from "../carriers/headers.ts";
import { contain } from "../containment.ts";
import { asRecord, isFunction, type UnknownFunction } from "../readers/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { injectContext } from "./remote-context.ts";
import { isMissingMethod, RPC_METHOD, RPC_VERSION } from "./rpc-protocol.ts";

/**
 * What is known of the receivers behind one binding; one answer serves all of a class. Never a promise: one that waits
 * for an answer belongs to its request, and another request might wait for it for ever.
 */
interface Receivers {
  isTraced: boolean | undefined;
}

/** Properties of a stub that are no RPC methods. */
const OWN_PROPERTIES = new Set<PropertyKey>(["id", "name", "connect", "dup", "then", "catch", "finally"]);
const known = new WeakMap<object, Receivers>();

/**
 * A Durable Object stub or service binding that hands the active context on: `fetch` by headers, RPC methods by a
 * carrier that only a class of `traceRpcClass` takes, so that any other receiver gets just its arguments. The first
 * method call asks the receiver which of the two it is. Everything else is the stub's own.
 */
export function traceStub<T extends object>(stub: T): T {
  return stubView(stub, receiversOf(stub));
}

/**
 * A Durable Object namespace whose stubs are traced, as by `traceStub`; those of its `jurisdiction()` namespaces too.
 */
export function traceNamespace<T extends object>(namespace: T): T {
  return namespaceView(namespace, receiversOf(namespace));
}

function receiversOf(binding: object): Receivers {
  const found = known.get(binding) ?? { isTraced: undefined };
  known.set(binding, found);
  return found;
}

function namespaceView<T extends object>(namespace: T, receivers: Receivers): T {
  return new Proxy(namespace, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (!isFunction(value)) return value;
      return (...given: unknown[]) => {
        const result = Reflect.apply(value, target, given);
        const inner = asRecord(result);
        if (!inner) return result;
        if (key === "get" || key === "getByName") return stubView(inner, receivers);
        return key === "jurisdiction" ? namespaceView(inner, receivers) : result;
      };
    },
  });
}

function stubView<T extends object>(stub: T, receivers: Receivers): T {
  return new Proxy(stub, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (!isFunction(value)) return value;
      if (key === "fetch") return (...given: unknown[]) => tracedFetch(target, value, given);
      if (typeof key === "symbol" || OWN_PROPERTIES.has(key)) return bound(value, target);
      return rpcProperty(value, (given) => tracedCall(target, key, given, receivers));
    },
  });
}

function tracedFetch(stub: object, fetch: UnknownFunction, given: unknown[]): unknown {
  const traced = contain("rpc fetch", () => {
    const [input, init] = given;
    const fields = Object.entries(injectContext<Record<string, string>>({}));
    if (fields.length === 0) return undefined;
    // A request is the one thing that tells what input and init, in all their forms, come to.
    const request: unknown = Reflect.construct(Request, init === undefined ? [input] : [input, init]);
    if (!(request instanceof Request)) return undefined;
    const headers = new Headers(request.headers);
    for (const [name, value] of fields) headers.set(name, value);
    return [request, { headers }];
  });
  return Reflect.apply(fetch, stub, traced ?? given);
}

/** A method that is also readable, awaitable and to be gone on from, as the runtime's RPC properties are. */
function rpcProperty(property: unknown, call: (given: unknown[]) => unknown): unknown {
  return new Proxy(() => {}, {
    apply: (_target, _self, given) => call(given),
    get: (_target, key) => {
      const value = asRecord(property)?.[key];
      return OWN_PROPERTIES.has(key) && isFunction(value) ? bound(value, property) : value;
    },
  });
}

/** Of an RPC property, `bind` and `apply` are RPC properties too. */
function bound(method: UnknownFunction, receiver: unknown): UnknownFunction {
  return (...given) => Reflect.apply(method, receiver, given);
}

function tracedCall(stub: object, method: string, given: unknown[], receivers: Receivers): unknown {
  const local = activeContext();
  const carrier = injectContext({}, { context: local });
  const plain = (): unknown => callMethod(stub, method, ...given);
  if (Object.keys(carrier).length === 0) return plain();
  if (receivers.isTraced === false) return plain();
  const asked = receivers.isTraced ? Promise.resolve(true) : askReceiver(stub, receivers);
  const outcome = asked.then((isTraced) => ({
    // Boxed: what a call returns is a thenable, which a promise would wait for.
    rpc: runInContext(local, () =>
      isTraced ? callMethod(stub, RPC_METHOD, carrier, method, given) : plain(),
    ),
  }));
  const withoutCarrier = (error: unknown): unknown => {
    if (!isMissingMethod(error)) throw error;
    // The receiver was traced when it was asked, and is not any more. The method has not run.
    receivers.isTraced = false;
    return plain();
  };
  return pipelined(outcome, withoutCarrier);
}

async function askReceiver(stub: object, receivers: Receivers): Promise<boolean> {
  try {
    receivers.isTraced = (await callMethod(stub, RPC_METHOD)) === RPC_VERSION;
    return receivers.isTraced;
  } catch (error) {
    // A call that did not come through says nothing about the receiver: the next one asks again.
    if (isMissingMethod(error)) receivers.isTraced = false;
    return false;
  }
}

/** A call's result that can be awaited, or gone on from before it is there, as the runtime's own can. */
function pipelined(
  outcome: Promise<{ readonly rpc: unknown }>,
  onError: (error: unknown) => unknown,
): unknown {
  let settled: Promise<unknown> | undefined;
  return new Proxy(() => {}, {
    get: (_target, key) => {
      if (key === "then" || key === "catch" || key === "finally") {
        settled ??= outcome.then(async ({ rpc }) => rpc).catch(onError);
        return settled[key].bind(settled);
      }
      return pipelined(
        outcome.then(({ rpc }) => ({ rpc: asRecord(rpc)?.[key] })),
        rethrow,
      );
    },
    apply: (_target, _self, given) =>
      pipelined(
        outcome.then(({ rpc }) => ({ rpc: isFunction(rpc) ? rpc(...given) : undefined })),
        rethrow,
      ),
  });
}

function rethrow(error: unknown): never {
  throw error;
}
