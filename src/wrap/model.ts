/**
 * Stands between the SDK and one run's models: each provider call runs in its chat span's context. The model itself is
 * never changed; the SDK gets a proxy in its place.
 */
import { contain } from "../guard.ts";
import { readFailure } from "../readers/failure.ts";
import { isFunction, isReadableStream, isRecord, isThenable, asRecord, type UnknownFunction } from "../readers/guards.ts";
import { readGenerateResult, readModel, readSettings, readSignal } from "../readers/model-call.ts";
import type { ModelRequest } from "../semconv/records.ts";
import { monotonicMs } from "../spans/clock.ts";
import type { ModelCall } from "../spans/model-call.ts";
import { ModelStream } from "../streams/model-stream.ts";
import { observePipe, type PipeObserver } from "../streams/observed-pipe.ts";
import type { RunScope } from "./run-scope.ts";
import { standIn } from "./stand-in.ts";
import { enter, listen, type WorkListener } from "./traced-work.ts";

/** Resolves a string model as the SDK does (`resolveLanguageModel`, v5 to v7); `undefined` leaves it to the SDK. */
export function resolveModel(model: unknown, namespace: object): unknown {
  if (typeof model !== "string") return model;
  const provider = asRecord(globalThis)?.AI_SDK_DEFAULT_PROVIDER ?? asRecord(namespace)?.gateway;
  const languageModel = asRecord(provider)?.languageModel;
  return isFunction(languageModel) ? languageModel.call(provider, model) : undefined;
}

/** The models of one run and their proxies: callbacks of the application get its own objects back. */
export class ModelProxies {
  readonly #scope: RunScope;
  readonly #known: { readonly model: object; readonly proxy: object }[] = [];

  constructor(scope: RunScope) {
    this.#scope = scope;
  }

  /** A model's proxy; anything that is no model comes back as it is. */
  wrap(model: unknown): unknown {
    if (!isRecord(model) || !(isFunction(model.doGenerate) || isFunction(model.doStream))) return model;
    const known = this.#known.find((entry) => entry.model === model || entry.proxy === model);
    if (known !== undefined) return known.proxy;
    const proxy = new Proxy(standIn(model, ["doGenerate", "doStream"]), new ModelHandler(model, this.#scope));
    this.#known.push({ model, proxy });
    return proxy;
  }

  unwrap(model: unknown): unknown {
    return this.#known.find((entry) => entry.proxy === model)?.model ?? model;
  }
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
}

interface ProviderCall {
  readonly model: object;
  readonly method: UnknownFunction;
  readonly args: unknown[];
  readonly streaming: boolean;
}

function callModel(scope: RunScope, { model, method, args, streaming }: ProviderCall): unknown {
  const work = (): unknown => Reflect.apply(method, model, args);
  const attempt = contain("startModelCall", () => startAttempt(scope, readModel(model, args[0], streaming), args[0]));
  if (attempt === undefined) return work();
  const result = enter(attempt.call.context, work, attempt);
  return isThenable(result) ? listen(result, attempt) : result;
}

function startAttempt(scope: RunScope, request: ModelRequest, options: unknown): Attempt | undefined {
  const signal = scope.seeSignal(readSignal(options));
  scope.onActivity();
  const call = scope.run.startModelCall(request);
  if (call?.wantsSettings) call.addSettings(readSettings(options));
  return call && new Attempt(scope, call, signal, request);
}

/** One attempt of a model call. Holds no options, for they hold the prompt. */
class Attempt implements WorkListener {
  readonly call: ModelCall;
  readonly #scope: RunScope;
  readonly #signal: AbortSignal | undefined;
  readonly #request: ModelRequest;
  readonly #startedMs = monotonicMs();

  // oxlint-disable-next-line max-params -- made in one place
  constructor(scope: RunScope, call: ModelCall, signal: AbortSignal | undefined, request: ModelRequest) {
    this.#scope = scope;
    this.call = call;
    this.#signal = signal;
    this.#request = request;
  }

  onValue(result: unknown): void {
    if (!this.#request.streaming) return this.call.succeed(readGenerateResult(result));
    const stream = asRecord(result)?.stream;
    // What cannot be watched is known to have begun well.
    if (!isReadableStream(stream) || !observePipe(stream, this.#observe)) this.call.succeed({});
  }

  onError(error: unknown): void {
    this.call.fail(readFailure(error, this.#signal));
  }

  readonly #observe = (): PipeObserver => {
    const observer = new ModelStream(this.call, {
      startedMs: this.#startedMs,
      now: monotonicMs,
      signal: this.#signal,
    });
    this.#scope.onModelStream(observer);
    return observer;
  };
}
