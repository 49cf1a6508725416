/**
 * Stands between the SDK and one run's models: each provider call runs in its chat span's context. The model itself
 * is never changed; the SDK gets a proxy in its place.
 */
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isFunction, isReadableStream, isRecord, isThenable, property, type UnknownFunction } from "../readers/guards.ts";
import { readGenerateResult, readModel, readSettings, readSignal, readWantsJson } from "../readers/model-call.ts";
import { monotonicMs } from "../spans/clock.ts";
import { runInContext } from "../spans/context.ts";
import type { ModelCall } from "../spans/model-call.ts";
import { ModelStream } from "../streams/model-stream.ts";
import { observePipe } from "../streams/observed-pipe.ts";
import type { RunScope } from "./run-scope.ts";
import { listen } from "./settle.ts";

/** Resolves a string model as the SDK does (`resolveLanguageModel`, v5 to v7); `undefined` leaves it to the SDK. */
export function resolveModel(model: unknown, namespace: object): unknown {
  if (typeof model !== "string") return model;
  const provider = property(globalThis, "AI_SDK_DEFAULT_PROVIDER") ?? property(namespace, "gateway");
  const languageModel = property(provider, "languageModel");
  return isFunction(languageModel) ? languageModel.call(provider, model) : undefined;
}

/** The models of one run and their proxies: the application gets its own objects back from callbacks. */
export class ModelProxies {
  readonly #scope: RunScope;
  readonly #proxies = new Map<object, object>();
  readonly #models = new WeakMap<object, object>();

  constructor(scope: RunScope) {
    this.#scope = scope;
  }

  /** A model's proxy; anything that is no model comes back as it is. */
  wrap(model: unknown): unknown {
    if (!isRecord(model) || !(isFunction(model["doGenerate"]) || isFunction(model["doStream"]))) return model;
    const known = this.#proxies.get(model);
    if (known !== undefined) return known;
    const proxy = new Proxy(proxyTarget(model), new ModelHandler(model, this.#scope));
    this.#proxies.set(model, proxy);
    this.#models.set(proxy, model);
    return proxy;
  }

  unwrap(model: unknown): unknown {
    return isRecord(model) ? (this.#models.get(model) ?? model) : model;
  }
}

/** A proxy may not hide a frozen method behind another: such a model is shown through an empty object. */
function proxyTarget(model: object): object {
  const isFixed = (key: string): boolean => {
    const descriptor = Object.getOwnPropertyDescriptor(model, key);
    return descriptor !== undefined && !descriptor.configurable && !descriptor.writable;
  };
  return isFixed("doGenerate") || isFixed("doStream") ? Object.create(Object.getPrototypeOf(model)) : model;
}

class ModelHandler implements ProxyHandler<object> {
  readonly #model: object;
  readonly #scope: RunScope;

  constructor(model: object, scope: RunScope) {
    this.#model = model;
    this.#scope = scope;
  }

  /** Getters see the model itself, so private fields work. */
  get(_target: object, key: PropertyKey): unknown {
    const value: unknown = Reflect.get(this.#model, key, this.#model);
    if ((key !== "doGenerate" && key !== "doStream") || !isFunction(value)) return value;
    const streaming = key === "doStream";
    return (...args: unknown[]): unknown => callModel(this.#scope, { model: this.#model, method: value, args, streaming });
  }

  has(_target: object, key: PropertyKey): boolean {
    return Reflect.has(this.#model, key);
  }
}

interface ProviderCall {
  readonly model: object;
  readonly method: UnknownFunction;
  readonly args: unknown[];
  readonly streaming: boolean;
}

function callModel(scope: RunScope, { model, method, args, streaming }: ProviderCall): unknown {
  const options = args[0];
  const signal = contain("readSignal", () => scope.seeSignal(readSignal(options)));
  const call = contain("startModelCall", () => {
    scope.onActivity();
    return scope.run.startModelCall(readModel(model, streaming), readSettings(options), readWantsJson(options));
  });
  if (call === undefined) return Reflect.apply(method, model, args);
  let result: unknown;
  try {
    result = runInContext(call.context, () => Reflect.apply(method, model, args));
  } catch (error) {
    call.fail(readFailure(error, signal));
    throw error;
  }
  if (!isThenable(result)) return result;
  return listen(result, {
    site: "model call",
    onValue: (value) => (streaming ? observeStream(scope, call, value, signal) : call.succeed(readGenerateResult(value))),
    onError: (error) => call.fail(readFailure(error, signal)),
  });
}

/** A stream that cannot be watched leaves a call that is known to have begun well. */
function observeStream(scope: RunScope, call: ModelCall, result: unknown, signal: AbortSignal | undefined): void {
  const stream = property(result, "stream");
  try {
    if (!isReadableStream(stream)) throw new TypeError("not a readable stream");
    const clock = { startedMs: call.startedMs, now: monotonicMs };
    observePipe(stream, () => {
      const observer = new ModelStream(call, clock, signal);
      scope.onModelStream(observer);
      return observer;
    });
  } catch (error) {
    call.succeed({});
    throw error;
  }
}
