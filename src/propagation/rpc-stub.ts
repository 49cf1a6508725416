/**
 * The calling side of Workers RPC: stubs and Durable Object namespaces that hand the active context on, `fetch` in its
 * headers, RPC methods beside their arguments. A receiver that is not traced is called as ever, with its own arguments.
 */
import { callMethod } from "../carriers/headers.ts";
import { contain } from "../containment.ts";
import { asRecord, isFunction, type UnknownFunction } from "../readers/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { bindingView } from "./binding-view.ts";
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
  // A binding that is not configured is what it is without us, until it is used.
  return contain("rpc binding", () => stubView(stub, receiversOf(stub))) ?? stub;
}

/**
 * A Durable Object namespace whose stubs are traced, as by `traceStub`; those of its `jurisdiction()` namespaces too.
 */
export function traceNamespace<T extends object>(namespace: T): T {
  return contain("rpc binding", () => namespaceView(namespace, receiversOf(namespace))) ?? namespace;
}

function receiversOf(binding: object): Receivers {
  const found = known.get(binding) ?? { isTraced: undefined };
  known.set(binding, found);
  return found;
}

function namespaceView<T extends object>(namespace: T, receivers: Receivers): T {
  return bindingView(namespace, (value, key) => {
    if (!isFunction(value)) return value;
    const isStub = key === "get" || key === "getByName";
    return (...given: unknown[]) => {
      const result = Reflect.apply(value, namespace, given);
      const inner = isStub || key === "jurisdiction" ? asRecord(result) : undefined;
      if (!inner) return result;
      return (
        contain("rpc binding", () =>
          isStub ? stubView(inner, receivers) : namespaceView(inner, receivers),
        ) ?? result
      );
    };
  });
}

function stubView<T extends object>(stub: T, receivers: Receivers): T {
  return bindingView(stub, (value, key) => {
    if (!isFunction(value)) return value;
    if (key === "fetch") return (...given: unknown[]) => tracedFetch(stub, value, given);
    if (typeof key === "symbol" || OWN_PROPERTIES.has(key)) return bound(value, stub);
    return rpcProperty(value, (given) => tracedCall({ stub, method: value, name: key, given }, receivers));
  });
}

function tracedFetch(stub: object, fetch: UnknownFunction, given: unknown[]): unknown {
  let sent = given;
  contain("rpc fetch", () => {
    const [input, init] = given;
    const fields = Object.entries(injectContext<Record<string, string>>({}));
    if (fields.length === 0) return;
    // A request is the one thing that tells what input and init, in all their forms, come to.
    const request: unknown = Reflect.construct(Request, init === undefined ? [input] : [input, init]);
    if (!(request instanceof Request)) return;
    // It has taken the body of the input, which is of no use any more, whatever fails from here on.
    sent = [request];
    const headers = new Headers(request.headers);
    for (const [name, value] of fields) headers.set(name, value);
    sent = [request, { headers }];
  });
  return Reflect.apply(fetch, stub, sent);
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

interface RpcCall {
  readonly stub: object;
  readonly method: UnknownFunction;
  readonly name: string;
  readonly given: unknown[];
}

function tracedCall({ stub, method, name, given }: RpcCall, receivers: Receivers): unknown {
  const plain = (): unknown => Reflect.apply(method, stub, given);
  if (receivers.isTraced === false) return plain();
  const sent = contain("rpc call", () => {
    const local = activeContext();
    return { local, carrier: injectContext<Record<string, string>>({}, { context: local }) };
  });
  if (!sent || Object.keys(sent.carrier).length === 0) return plain();
  const { local, carrier } = sent;
  const traced = (): unknown => {
    const rpc = asRecord(stub)?.[RPC_METHOD];
    return isFunction(rpc) ? Reflect.apply(rpc, stub, [carrier, name, given]) : plain();
  };
  const asked = receivers.isTraced ? Promise.resolve(true) : askReceiver(stub, receivers);
  const outcome = asked.then((isTraced) => ({ value: runInContext(local, isTraced ? traced : plain) }));
  let again: RpcOutcome | undefined;
  return pipelined(
    () => outcome,
    (error) => {
      if (!isMissingMethod(error)) throw error;
      // The receiver was traced when it was asked, and is not any more. The method has not run.
      receivers.isTraced = false;
      again ??= { value: plain() };
      return again;
    },
  );
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

/** Boxed: what a call returns is a thenable, which a promise would wait for. */
interface RpcOutcome {
  readonly value: unknown;
  /** What the value was read from, where it is a property. */
  readonly owner?: unknown;
}

/**
 * A call's result that can be awaited, or gone on from before it is there, as the runtime's own can.
 *
 * @param outcome asked for once there is a use for it: a rejection of what was only read concerns nobody
 * @param recover another outcome in the place of one that failed, or throws its error
 */
function pipelined(outcome: () => Promise<RpcOutcome>, recover: (error: unknown) => RpcOutcome): unknown {
  let settled: Promise<unknown> | undefined;
  return new Proxy(() => {}, {
    get: (_target, key) => {
      if (key === "then" || key === "catch" || key === "finally") {
        settled ??= outcome()
          .then(async ({ value }) => value)
          .catch((error: unknown) => recover(error).value);
        return settled[key].bind(settled);
      }
      const read = ({ value: owner }: RpcOutcome): RpcOutcome => ({ value: asRecord(owner)?.[key], owner });
      return pipelined(
        () => outcome().then(read),
        (error) => read(recover(error)),
      );
    },
    apply: (_target, _self, given) => {
      const call = ({ value, owner }: RpcOutcome): RpcOutcome => ({
        value: isFunction(value) ? Reflect.apply(value, owner, given) : undefined,
      });
      const called = outcome().then(call);
      return pipelined(
        () => called,
        (error) => call(recover(error)),
      );
    },
  });
}
