/**
 * The calling side of Workers RPC: stubs and Durable Object namespaces that hand the active context on, `fetch` in its
 * headers, RPC methods beside their arguments. A receiver that is not traced is called as ever, with its own arguments.
 *
 * Every call leaves in the turn in which it is made: the runtime copies the arguments then, and delivers calls in that
 * order (docs/decisions/2026-11-29-rpc-calls-leave-at-once.md).
 */
import { callMethod } from "../carriers/headers.ts";
import { contain, contained, warnOnce } from "../foundation/containment.ts";
import { asRecord, isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { bindingView } from "./binding-view.ts";
import { injectContext } from "./remote-context.ts";
import { isMissingMethod, RPC_METHOD, RPC_VERSION } from "./rpc-protocol.ts";
import { bound, isUnchanging, recoverableResult } from "./rpc-result.ts";

export interface TracedReceiverOptions {
  /**
   * Whether the class behind the binding is one of `wrapRpcClass`. `true`: the first call carries the context, too.
   * Default: the first call asks, and the calls after the answer carry the context.
   */
  readonly tracedReceiver?: boolean | undefined;
}

/**
 * What is known of the receivers behind one binding; one answer serves all of a class. Never a promise: one that waits
 * for an answer belongs to its request, and another request might wait for it for ever.
 */
interface Receivers {
  isTraced: boolean | undefined;
  /** Whether a call of this turn has asked already. */
  isAsked: boolean;
}

/** Properties of a stub that are no RPC methods. */
const OWN_PROPERTIES = new Set<PropertyKey>([
  "id",
  "name",
  "connect",
  "dup",
  "then",
  "catch",
  "finally",
  // A stub that another copy of ai-spans has wrapped.
  RPC_METHOD,
]);
const known = new WeakMap<object, Receivers>();

/**
 * A Durable Object stub or service binding that hands the active context on: `fetch` by headers, RPC methods by a
 * carrier that only a class of `wrapRpcClass` takes, so that any other receiver gets just its arguments. Everything
 * else is the stub's own.
 *
 * The first method call asks the receiver, beside the call itself, which of the two it is. Until the answer is there
 * methods are called without the context, unless `tracedReceiver` says the answer.
 */
export function wrapStub<T extends object>(stub: T, options?: TracedReceiverOptions): T {
  // A binding that is not configured is what it is without us, until it is used.
  return contain("rpc binding", () => stubView(stub, receiversOf(stub, options))) ?? stub;
}

/**
 * A Durable Object namespace whose stubs are traced, as by `wrapStub`; those of its `jurisdiction()` namespaces too.
 */
export function wrapDurableObjectNamespace<T extends object>(
  namespace: T,
  options?: TracedReceiverOptions,
): T {
  return contain("rpc binding", () => namespaceView(namespace, receiversOf(namespace, options))) ?? namespace;
}

function receiversOf(binding: object, options: TracedReceiverOptions | undefined): Receivers {
  const found = known.get(binding) ?? { isTraced: undefined, isAsked: false };
  known.set(binding, found);
  // What a receiver has answered counts more.
  if (options?.tracedReceiver === true) found.isTraced ??= true;
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

interface RpcCall {
  readonly stub: object;
  readonly method: UnknownFunction;
  readonly name: string;
  readonly given: unknown[];
}

function tracedCall({ stub, method, name, given }: RpcCall, receivers: Receivers): unknown {
  const plain = (): unknown => Reflect.apply(method, stub, given);
  if (receivers.isTraced === false) return plain();
  const carrier = contain("rpc call", () => injectContext<Record<string, string>>({}));
  if (!carrier || Object.keys(carrier).length === 0) return plain();
  if (receivers.isTraced === undefined) return askBeside(plain, stub, receivers);
  const rpc = contain("rpc call", () => asRecord(stub)?.[RPC_METHOD]);
  if (!isFunction(rpc)) return plain();
  return recoverableResult(Reflect.apply(rpc, stub, [carrier, name, given]), (error) => {
    if (!isMissingMethod(error)) throw error;
    // The receiver has been replaced by one that is not traced. The method has not run.
    receivers.isTraced = false;
    warnOnce("a receiver of RPC calls is not traced, although it was before, or `tracedReceiver` says so");
    if (!isUnchanging(given)) throw error;
    return { value: plain() };
  });
}

/**
 * Makes a call and asks its receiver, so that the answer is there before that of the call: an object takes calls in their
 * order, and of the calls of one turn to an entrypoint the runtime begins the last one first.
 */
function askBeside(call: () => unknown, stub: object, receivers: Receivers): unknown {
  const askReceiver = (): void => void contain("rpc call", () => ask(stub, receivers));
  const isOfObject = contain("rpc call", () => Object.hasOwn(stub, "id"));
  if (isOfObject) askReceiver();
  const result = call();
  if (!isOfObject) askReceiver();
  return result;
}

/** Asks at most once in a turn. An answer may never come, so a later turn asks again. */
function ask(stub: object, receivers: Receivers): void {
  if (receivers.isAsked) return;
  receivers.isAsked = true;
  void Promise.resolve().then(contained("rpc call", () => (receivers.isAsked = false)));
  const learn = contained("rpc call", (version: unknown) => (receivers.isTraced = version === RPC_VERSION));
  const answer = callMethod(stub, RPC_METHOD);
  if (!isFunction(asRecord(answer)?.then)) return void learn(answer);
  // A call that did not come through says nothing about the receiver. The runtime's `then` takes functions alone.
  const onFailure = (error: unknown): void => void (isMissingMethod(error) && learn(undefined));
  callMethod(answer, "then", learn, contained("rpc call", onFailure));
}
