/**
 * Stands between the SDK and one run's models: each provider call runs in its span's context. The model itself is never
 * changed; the SDK gets a view in its place.
 */
import { contain } from "../foundation/containment.ts";
import {
  asRecord,
  isFunction,
  isRecord,
  isString,
  readProperty,
  type UnknownRecord,
} from "../foundation/structure.ts";
import { readModelIdentity, readModelRequest, readSignal } from "../readers/model-call.ts";
import { observeResult } from "../runs/traced-work.ts";
import { referenceTo } from "../foundation/weak-ref.ts";
import type { ModelNames } from "../semconv/records.ts";
import { enterWork, isUnderWay } from "./nested-work.ts";
import { MODEL_METHODS } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { cached, onOriginal, rememberOriginal, tracedSubject, viewOf } from "./view.ts";

const MODEL_CALL = "model call";

/** A model's view, which only the SDK holds; anything that is no model comes back as it is. */
export function wrapModel(value: unknown, run: WrappedRun): unknown {
  if (typeof value === "string") return wrapModelId(value, run);
  const model = tracedSubject(value);
  if (!isRecord(model) || !MODEL_METHODS.some((name) => isFunction(readProperty(model, name)))) return value;
  const show = (method: unknown, key: PropertyKey): unknown => {
    if (!isFunction(method)) return method;
    // Another method may use private members, which only the model itself has (an image model's limit, v5 to v7).
    if (!MODEL_METHODS.includes(String(key)))
      return key === "constructor" || Object.hasOwn(model, key) ? method : onOriginal(method);
    return (...args: unknown[]): unknown => {
      const work = (): unknown => Reflect.apply(method, model, args);
      const options = asRecord(args[0]);
      if (isUnderWay(run, MODEL_CALL)) return work();
      const attempt = contain("startModelCall", () => {
        run.toolCalls.onModelCall(options);
        const request = readModelRequest(model, options, key === "doStream");
        return run.startAttempt({ ...request, readModel }, readSignal(options));
      });
      if (!attempt) return work();
      const { returned, observer } = enterWork(run, MODEL_CALL, attempt, work);
      return observeResult(returned, observer, false);
    };
  };
  const readModel = namesReader(model);
  run.toolCalls.isModelObserved = true;
  return viewOf<object>(model, cached(show));
}

/** Keeps no model alive: it may hold the result, which is to be collected. */
function namesReader(model: object): () => ModelNames {
  const reference = referenceTo(model);
  return () => readModelIdentity(reference.deref());
}

/**
 * A model given by its id: what the SDK's default provider gives for it (`resolveLanguageModel` and its like, v5 to v7),
 * asked for when the SDK first looks at it. Until then it stands for its id.
 */
function wrapModelId(id: string, run: WrappedRun): unknown {
  if (!factoryOf(run)) return id;
  let found: { readonly view: UnknownRecord | undefined } | undefined;
  const resolved = (): UnknownRecord | undefined => {
    if (!found) {
      let model = factoryOf(run)?.(id);
      // A provider may give another id, which the SDK asks it for in turn.
      for (let asked = 1; isString(model) && asked < MOST_IDS; asked += 1) model = factoryOf(run)?.(model);
      rememberOriginal(lazy, model);
      // Another id is no answer, and no record.
      found = { view: asRecord(model) && asRecord(contain("model", () => wrapModel(model, run)) ?? model) };
    }
    return found.view;
  };
  const lazy: object = new Proxy(
    {},
    {
      get: (_target, key) => {
        const value = resolved()?.[key];
        // v7 takes a provider that names no specification for one of V2, and so all its models (`asProviderV3`).
        const isOld = key === "specificationVersion" && value === "v4" && !isVersioned(providerOf(run));
        return isOld ? "v2" : value;
      },
      has: (_target, key) => key in (resolved() ?? {}),
    },
  );
  run.toolCalls.isModelObserved = true;
  return rememberOriginal(lazy, id);
}

/** What v5 takes no id for. */
const OF_LATER_MAJORS: ReadonlySet<string> = new Set(["speechModel", "transcriptionModel"]);

/** A provider whose ids lead in a circle gives no model. */
const MOST_IDS = 2;

function providerOf({ namespace }: WrappedRun): UnknownRecord | undefined {
  return asRecord(asRecord(globalThis)?.AI_SDK_DEFAULT_PROVIDER ?? asRecord(namespace)?.gateway);
}

function isVersioned(provider: UnknownRecord | undefined): boolean {
  const version = provider?.specificationVersion;
  return version === "v3" || version === "v4";
}

/**
 * How the SDK asks its default provider: v5 by the old names, v6 by the new ones, v7 by the old ones where the provider
 * names no specification. `undefined`: the SDK takes no id there, and says so itself.
 */
function factoryOf(run: WrappedRun): ((id: string) => unknown) | undefined {
  const provider = providerOf(run);
  const { operation, factory, oldFactory = factory } = run.kind;
  const namespace = asRecord(run.namespace);
  const isV7 = isFunction(namespace?.registerTelemetry);
  const isV5 = !isV7 && !isFunction(namespace?.ToolLoopAgent);
  const isOld = isV5 || (isV7 && !isVersioned(provider));
  const isRefused = isV5 ? OF_LATER_MAJORS.has(factory) : isV7 && isOld && operation === "rerank";
  if (isRefused) return undefined;
  const give = provider?.[isOld ? oldFactory : factory];
  return isFunction(give) ? (id) => give.call(provider, id) : undefined;
}
