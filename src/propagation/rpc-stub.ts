/**
 * The calling side of Workers RPC: stubs and Durable Object namespaces that send the active context. `fetch` sends it
 * in headers, an RPC method beside its arguments. A receiver that is not wrapped gets its arguments only.
 *
 * Every call leaves in the turn in which it is made. The runtime copies the arguments in that turn, and delivers
 * calls in that order (docs/why/decisions/2026-11-29-rpc-calls-leave-at-once.md).
 */
import { callMethod } from "../carriers/headers.ts";
import { contain, contained, warnOnce } from "../foundation/containment.ts";
import { asRecord, isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { bindingView } from "./binding-view.ts";
import { injectContext } from "./remote-context.ts";
import { isMissingMethod, RPC_METHOD, RPC_VERSION } from "./rpc-protocol.ts";
import { boundMethod, arePrimitives, recoverableResult } from "./rpc-result.ts";

/** The options of `wrapStub` and `wrapDurableObjectNamespace`. */
export interface TracedReceiverOptions {
  /**
   * Whether `wrapRpcClass` wraps the class behind the binding. `true`: all calls carry the context. Default: the first
   * call probes the receiver, and the calls after its answer carry the context.
   */
  readonly tracedReceiver?: boolean | undefined;
}

/**
 * What is known about the receivers behind one binding. They have one class, so one answer is enough. The state holds no
 * promise: a promise belongs to the request that waits for the answer, and another request might wait for it forever.
 */
interface Receivers {
  isWrapped: boolean | undefined;
  /** Whether a call of this turn has probed the receiver already. */
  isProbed: boolean;
}

/** Properties of a stub that are no RPC methods. */
const STUB_PROPERTIES = new Set<PropertyKey>([
  "id",
  "name",
  "connect",
  "dup",
  "then",
  "catch",
  "finally",
  // Another copy of ai-spans may have wrapped the stub already.
  RPC_METHOD,
]);
const receiversByBinding = new WeakMap<object, Receivers>();

/**
 * Wraps a Durable Object stub or a service binding. `fetch` then sends the active context in headers. RPC methods
 * send it to classes of `wrapRpcClass`; any other receiver gets its arguments only. All other properties are the
 * stub's.
 *
 * The first method call also probes the receiver, beside the call itself, to find out whether `wrapRpcClass` wraps
 * it. Until the answer comes, methods are called without the context. `tracedReceiver: true` skips the probe.
 *
 * @param stub is not changed
 * @returns a proxy of the stub; another value, such as a binding that is not configured, is returned unchanged. Never
 *   throws
 *
 * @example
 * const rooms = wrapStub(env.ROOMS.getByName("berlin"));
 * await rooms.book(42);
 */
export function wrapStub<T extends object>(stub: T, options?: TracedReceiverOptions): T {
  // A binding that is not configured is `undefined`. It is returned, so its first use fails as without us.
  return contain("rpc binding", () => stubView(stub, receiversOf(stub, options))) ?? stub;
}

/**
 * Wraps a Durable Object namespace. The stubs that `get` and `getByName` return are wrapped as by `wrapStub`, and so
 * are those of its `jurisdiction()` namespaces.
 *
 * @param namespace is not changed
 * @returns a proxy of the namespace; another value is returned unchanged. Never throws
 *
 * @example
 * const namespace = wrapDurableObjectNamespace(env.ROOMS);
 * await namespace.getByName("berlin").book(42);
 */
export function wrapDurableObjectNamespace<T extends object>(
  namespace: T,
  options?: TracedReceiverOptions,
): T {
  return contain("rpc binding", () => namespaceView(namespace, receiversOf(namespace, options))) ?? namespace;
}

function receiversOf(binding: object, options: TracedReceiverOptions | undefined): Receivers {
  const found = receiversByBinding.get(binding) ?? { isWrapped: undefined, isProbed: false };
  receiversByBinding.set(binding, found);
  // The option does not replace an answer of the receiver.
  if (options?.tracedReceiver === true) found.isWrapped ??= true;
  return found;
}

function namespaceView<T extends object>(namespace: T, receivers: Receivers): T {
  return bindingView(namespace, (value, key) => {
    if (!isFunction(value)) return value;
    const isStub = key === "get" || key === "getByName";
    return (...args: unknown[]) => {
      const result = Reflect.apply(value, namespace, args);
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
    if (key === "fetch") return (...args: unknown[]) => fetchWithContext(stub, value, args);
    if (typeof key === "symbol" || STUB_PROPERTIES.has(key)) return boundMethod(value, stub);
    return rpcProperty(value, (args) => callWithContext({ stub, method: value, name: key, args }, receivers));
  });
}

function fetchWithContext(stub: object, fetch: UnknownFunction, args: unknown[]): unknown {
  let sent = args;
  contain("rpc fetch", () => {
    const [input, init] = args;
    const fields = Object.entries(injectContext<Record<string, string>>({}));
    if (fields.length === 0) return;
    // Only a `Request` resolves all forms of input and init.
    const request: unknown = Reflect.construct(Request, init === undefined ? [input] : [input, init]);
    if (!(request instanceof Request)) return;
    // The request has taken the input's body, so it is sent even if the lines below fail.
    sent = [request];
    const headers = new Headers(request.headers);
    for (const [name, value] of fields) headers.set(name, value);
    sent = [request, { headers }];
  });
  return Reflect.apply(fetch, stub, sent);
}

/** A method that is also readable and awaitable and has properties, as the runtime's RPC properties are. */
function rpcProperty(property: unknown, call: (args: unknown[]) => unknown): unknown {
  return new Proxy(() => {}, {
    apply: (_target, _self, args) => call(args),
    get: (_target, key) => {
      const value = asRecord(property)?.[key];
      return STUB_PROPERTIES.has(key) && isFunction(value) ? boundMethod(value, property) : value;
    },
  });
}

interface RpcCall {
  readonly stub: object;
  readonly method: UnknownFunction;
  readonly name: string;
  readonly args: unknown[];
}

function callWithContext({ stub, method, name, args }: RpcCall, receivers: Receivers): unknown {
  const callUnwrapped = (): unknown => Reflect.apply(method, stub, args);
  if (receivers.isWrapped === false) return callUnwrapped();
  const carrier = contain("rpc call", () => injectContext<Record<string, string>>({}));
  if (!carrier || Object.keys(carrier).length === 0) return callUnwrapped();
  if (receivers.isWrapped === undefined) return callAndProbe(callUnwrapped, stub, receivers);
  const rpc = contain("rpc call", () => asRecord(stub)?.[RPC_METHOD]);
  if (!isFunction(rpc)) return callUnwrapped();
  return recoverableResult(Reflect.apply(rpc, stub, [carrier, name, args]), (error) => {
    if (!isMissingMethod(error)) throw error;
    // A receiver that is not wrapped has replaced the wrapped one. The method has not run.
    receivers.isWrapped = false;
    warnOnce(
      "a receiver of RPC calls is not wrapped by `wrapRpcClass`, but an earlier answer or `tracedReceiver` says that it is",
    );
    if (!arePrimitives(args)) throw error;
    return { value: callUnwrapped() };
  });
}

/**
 * Makes a call and probes its receiver, so that the probe is answered before the call. A Durable Object handles calls in
 * the order in which they were made, so the probe goes first. Of the calls that a turn makes to a `WorkerEntrypoint`, the
 * runtime begins the last one first, so the probe goes last (measured in workerd: test/propagation/workers).
 */
function callAndProbe(call: () => unknown, stub: object, receivers: Receivers): unknown {
  const probeReceiver = (): void => void contain("rpc call", () => probe(stub, receivers));
  const isDurableObject = contain("rpc call", () => Object.hasOwn(stub, "id"));
  if (isDurableObject) probeReceiver();
  const result = call();
  if (!isDurableObject) probeReceiver();
  return result;
}

/** Probes at most once in a turn. An answer may never come, so a later turn probes again. */
function probe(stub: object, receivers: Receivers): void {
  if (receivers.isProbed) return;
  receivers.isProbed = true;
  void Promise.resolve().then(contained("rpc call", () => (receivers.isProbed = false)));
  const recordAnswer = contained(
    "rpc call",
    (version: unknown) => (receivers.isWrapped = version === RPC_VERSION),
  );
  const answer = callMethod(stub, RPC_METHOD);
  if (!isFunction(asRecord(answer)?.then)) return void recordAnswer(answer);
  // Another failure, such as a lost connection, says nothing about the receiver. The runtime's `then` needs functions.
  const onFailure = (error: unknown): void => void (isMissingMethod(error) && recordAnswer(undefined));
  callMethod(answer, "then", recordAnswer, contained("rpc call", onFailure));
}
