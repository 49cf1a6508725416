/**
 * Stands between the SDK and one run's models: each provider call runs in its chat span's context. The model itself is
 * never changed; the SDK gets a view in its place.
 */
import { contain } from "../guard.ts";
import { asRecord, isFunction, isRecord } from "../readers/guards.ts";
import { readModelRequest, readSignal } from "../readers/model-call.ts";
import type { ModelRequest } from "../semconv/records.ts";
import { monotonicMs } from "../spans/clock.ts";
import type { ModelCall } from "../spans/model-call.ts";
import { ModelAttempt } from "../streams/model-attempt.ts";
import type { RunScope } from "./run-scope.ts";
import { enter, listen } from "./traced-work.ts";
import { originalOf, viewOf } from "./view.ts";

const METHODS: readonly string[] = ["doGenerate", "doStream"];

/** A model's view, the same for all of a run; anything that is no model comes back as it is. */
export function wrapModel(value: unknown, scope: RunScope, namespace: object): unknown {
  const model = originalOf(resolveModel(value, namespace));
  if (!isRecord(model) || !METHODS.some((name) => isFunction(model[name]))) return value;
  let view = scope.models.get(model);
  if (!view) {
    view = viewOf<object>(model, (method, key) => {
      if (!METHODS.includes(String(key)) || !isFunction(method)) return method;
      return (...args: unknown[]): unknown => {
        const work = (): unknown => Reflect.apply(method, model, args);
        const attempt = contain("startModelCall", () =>
          startAttempt(scope, readModelRequest(model, args[0], key === "doStream"), args[0]),
        );
        return attempt ? listen(enter(attempt.call.context, work, attempt), attempt, false) : work();
      };
    });
    scope.models.set(model, view);
  }
  return view;
}

/** Resolves a string model as the SDK does (`resolveLanguageModel`, v5 to v7), where that can be done. */
function resolveModel(model: unknown, namespace: object): unknown {
  if (typeof model !== "string") return model;
  const provider = asRecord(globalThis)?.AI_SDK_DEFAULT_PROVIDER ?? asRecord(namespace)?.gateway;
  const languageModel = asRecord(provider)?.languageModel;
  return isFunction(languageModel) ? languageModel.call(provider, model) : undefined;
}

function startAttempt(
  scope: RunScope,
  request: ModelRequest,
  options: unknown,
): ModelAttempt<ModelCall> | undefined {
  const signal = scope.seeSignal(readSignal(options));
  scope.onActivity();
  const call = scope.startModelCall(request);
  if (!call) return undefined;
  // Holds no options of the call, for they hold the prompt.
  const attempt = new ModelAttempt(call, { isStream: request.stream === true, signal, now: monotonicMs });
  scope.attempt = attempt;
  return attempt;
}
