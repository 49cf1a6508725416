/**
 * Stands between the SDK and one run's models: each provider call runs in its span's context. The model itself is never
 * changed; the SDK gets a view in its place.
 */
import { contain } from "../guard.ts";
import { asRecord, isFunction, isRecord } from "../readers/guards.ts";
import { readModelRequest, readSignal } from "../readers/model-call.ts";
import { enter, listen } from "../runs/traced-work.ts";
import { MODEL_METHODS } from "./operations.ts";
import type { RunScope } from "./run-scope.ts";
import { originalOf, viewOf } from "./view.ts";

/** A model's view, the same for all calls that go on with it; anything that is no model comes back as it is. */
export function wrapModel(value: unknown, scope: RunScope): unknown {
  const model = originalOf(resolveModel(value, scope));
  if (!isRecord(model) || !MODEL_METHODS.some((name) => isFunction(model[name]))) return value;
  if (scope.model === model) return scope.modelView;
  scope.model = model;
  scope.modelView = viewOf<object>(model, MODEL_METHODS, (method, key) => {
    if (!isFunction(method)) return method;
    // Another method may use private members, which only the model itself has (an image model's limit, v5 to v7).
    if (!MODEL_METHODS.includes(key as string))
      return key === "constructor" || Object.hasOwn(model, key) ? method : method.bind(model);
    return (...args: unknown[]): unknown => {
      const work = (): unknown => Reflect.apply(method, model, args);
      const attempt = contain("startModelCall", () => {
        scope.toolCalls.onModelCall(args[0]);
        return scope.startAttempt(readModelRequest(model, args[0], key === "doStream"), readSignal(args[0]));
      });
      return attempt ? listen(enter(attempt.call.context, work, attempt), attempt, false) : work();
    };
  });
  return scope.modelView;
}

/** Resolves a string model as the SDK does (`resolveLanguageModel` and its like, v5 to v7), where that can be done. */
function resolveModel(model: unknown, { kind, namespace }: RunScope): unknown {
  if (typeof model !== "string") return model;
  const provider = asRecord(asRecord(globalThis)?.AI_SDK_DEFAULT_PROVIDER ?? asRecord(namespace)?.gateway);
  const factory = kind.factories.map((name) => provider?.[name]).find(isFunction);
  return factory?.call(provider, model);
}
