/**
 * The calling side of Workers RPC: stubs, and bindings of Durable Objects, that send the active context. `fetch` sends
 * it in headers, and an RPC method sends it beside its arguments. A receiver that is not wrapped gets only the
 * arguments.
 *
 * Every call is sent in the turn in which it is made. The runtime copies the arguments in that turn, and delivers calls
 * in that order (docs/why/decisions/2026-11-29-rpc-calls-leave-at-once.md).
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
   * Whether `wrapRpcClass` wraps the class behind the binding. If `true`, all calls carry the context. Default: the
   * first call probes the receiver, and the calls after its answer carry the context.
   */
  readonly tracedReceiver?: boolean | undefined;
}

/**
 * What is known about the receivers behind one binding. All of them have one class, so one answer is enough. The state
 * holds no promise. A promise belongs to the request that waits for the answer, and another request might wait for it
 * forever.
 */
interface Receivers {
  isWrapped: boolean | undefined;
  /** Whether a call of this turn has already probed the receiver. */
  isProbed: boolean;
}

/** The properties of a stub that are no RPC methods. */
const STUB_PROPERTIES = new Set<PropertyKey>([
  "id",
  "name",
  "connect",
  "dup",
  "then",
  "catch",
  "finally",
  // A proxy of another copy of ai-spans calls this method of the stub.
  RPC_METHOD,
]);
const receiversByBinding = new WeakMap<object, Receivers>();

/**
 * Wraps a Durable Object stub or a service binding. `fetch` then sends the active context in headers. RPC methods send
 * it to classes that `wrapRpcClass` wraps. Any other receiver gets only the arguments. All other properties are the
 * stub's.
 *
 * The first method call also probes the receiver, to find out whether `wrapRpcClass` wraps it. Until the answer comes,
 * methods are called without the context. `tracedReceiver: true` skips the probe. Never throws.
 *
 * @param stub is not changed
 * @returns a proxy of the stub. A value that is no object, such as a binding that is not configured, is returned
 *   unchanged.
 *
 * @example
 * const rooms = wrapStub(env.ROOMS.getByName("berlin"));
 * await rooms.book(42);
 */
export function wrapStub<T extends object>(stub: T, options?: TracedReceiverOptions): T {
  // A binding that is not configured is `undefined`. It is returned, so its first use fails as it does without
  // ai-spans.
  return contain("rpc binding", () => stubView(stub, receiversOf(stub, options))) ?? stub;
}

/**
 * Wraps the binding of a Durable Object class (a `DurableObjectNamespace`). Its `get` and `getByName` return stubs that
 * are wrapped as by `wrapStub`. Its `jurisdiction()` returns a binding that is wrapped in the same way. Never throws.
 *
 * @param namespace the binding, which is not changed
 * @returns a proxy of the binding; a value that is no object is returned unchanged
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
  // The option is used only as long as the receiver has not answered.
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
    // A `Request` is created, because only its constructor resolves all forms of input and init.
    const request: unknown = Reflect.construct(Request, init === undefined ? [input] : [input, init]);
    if (!(request instanceof Request)) return;
    // The request has taken the body of the input. So the request is sent, even if the lines below fail.
    sent = [request];
    const headers = new Headers(request.headers);
    for (const [name, value] of fields) headers.set(name, value);
    sent = [request, { headers }];
  });
  return Reflect.apply(fetch, stub, sent);
}

/** A function that also has properties and can be awaited, as the runtime's RPC properties can. */
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
    // The class behind the binding is no longer wrapped. The application's method has not run.
    receivers.isWrapped = false;
    warnOnce(
      "a receiver of RPC calls is not wrapped by `wrapRpcClass`, but an earlier answer or `tracedReceiver` says that it is",
    );
    if (!arePrimitives(args)) throw error;
    return { value: callUnwrapped() };
  });
}

/**
 * Makes a call and probes its receiver, in the order in which the receiver answers the probe first. A Durable Object
 * handles calls in the order in which they were made, so the probe goes first. A `WorkerEntrypoint` begins the last
 * call of a turn first, so the probe goes last (measured in workerd: test/propagation/workers).
 */
function callAndProbe(call: () => unknown, stub: object, receivers: Receivers): unknown {
  const probeReceiver = (): void => void contain("rpc call", () => probe(stub, receivers));
  const isDurableObject = contain("rpc call", () => Object.hasOwn(stub, "id"));
  if (isDurableObject) probeReceiver();
  const result = call();
  if (!isDurableObject) probeReceiver();
  return result;
}

/** Probes the receiver, at most once per turn. An answer may never come, so a later turn probes again. */
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
  // Any other failure, such as a lost connection, does not show whether the receiver is wrapped. The runtime's `then`
  // does not accept `undefined`.
  const onFailure = (error: unknown): void => void (isMissingMethod(error) && recordAnswer(undefined));
  callMethod(answer, "then", recordAnswer, contained("rpc call", onFailure));
}
