/**
 * Wraps the models of one run. Each attempt of a model call runs in the context of its span. The model itself is never
 * changed. The SDK gets a view of it.
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
import { countMessages, readModelIdentity, readModelRequest, readSignal } from "../readers/model-call.ts";
import { observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { referenceTo } from "../foundation/weak-ref.ts";
import type { ModelNames } from "../semconv/records.ts";
import { enterWork, isUnderWay } from "./nested-work.ts";
import { MODEL_METHODS } from "./operations.ts";
import type { WrappedRun } from "./wrapped-run.ts";
import { cached, onOriginal, rememberOriginal, valueToWrap, viewOf } from "./view.ts";

const MODEL_CALL = "model call";

/** @returns a view of the model for the SDK; any value that is no model is returned unchanged */
export function wrapModel(value: unknown, run: WrappedRun): unknown {
  if (typeof value === "string") return wrapModelId(value, run);
  const model = valueToWrap(value);
  if (!isRecord(model) || !MODEL_METHODS.some((name) => isFunction(readProperty(model, name)))) return value;
  const replace = (method: unknown, key: PropertyKey): unknown => {
    if (!isFunction(method)) return method;
    // Other methods may use private members, which a view does not have. So they run on the model itself (for example
    // the limit of an image model, v5 to v7).
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
      const countingObserver: WorkObserver = {
        onValue: (answer) => observer.onValue(answer),
        onError: (error) => {
          if ("onPromptCount" in attempt.call) attempt.call.onPromptCount(countMessages(options));
          observer.onError(error);
        },
      };
      return observeResult(returned, countingObserver, false);
    };
  };
  const readModel = namesReader(model);
  run.toolCalls.isModelObserved = true;
  return viewOf<object>(model, cached(replace));
}

/**
 * Reads the names of the model through a weak reference. The model may hold the result, and the collection of the
 * result ends the run.
 */
function namesReader(model: object): () => ModelNames {
  const reference = referenceTo(model);
  return () => readModelIdentity(reference.deref());
}

/**
 * Wraps a model that the caller names by its id. When the SDK first reads the model, the SDK's default provider
 * resolves the id (`resolveLanguageModel` and similar functions, v5 to v7). Until then `originalOf` returns the id for
 * the view.
 */
function wrapModelId(id: string, run: WrappedRun): unknown {
  if (!factoryOf(run)) return id;
  let found: { readonly view: UnknownRecord | undefined } | undefined;
  const resolved = (): UnknownRecord | undefined => {
    if (!found) {
      let model = factoryOf(run)?.(id);
      // A provider may return another id instead of a model. The SDK resolves that id too.
      for (let asked = 1; isString(model) && asked < MAX_IDS; asked += 1) model = factoryOf(run)?.(model);
      rememberOriginal(lazy, model);
      // If the provider still returns an id, there is no model.
      found = { view: asRecord(model) && asRecord(contain("model", () => wrapModel(model, run)) ?? model) };
    }
    return found.view;
  };
  const lazy: object = new Proxy(
    {},
    {
      get: (_target, key) => {
        const value = resolved()?.[key];
        // v7 treats a provider without a specification version, and all its models, as V2 (`asProviderV3`).
        const isOld = key === "specificationVersion" && value === "v4" && !isVersioned(providerOf(run));
        return isOld ? "v2" : value;
      },
      has: (_target, key) => key in (resolved() ?? {}),
    },
  );
  run.toolCalls.isModelObserved = true;
  return rememberOriginal(lazy, id);
}

/** The provider's methods for the kinds of models that v5 accepts only as objects, not by id. */
const WITHOUT_IDS_IN_V5: ReadonlySet<string> = new Set(["speechModel", "transcriptionModel"]);

/** How many ids are resolved, so that a provider that returns only ids does not cause an endless loop. */
const MAX_IDS = 2;

function providerOf({ sdkModule }: WrappedRun): UnknownRecord | undefined {
  return asRecord(asRecord(globalThis)?.AI_SDK_DEFAULT_PROVIDER ?? asRecord(sdkModule)?.gateway);
}

function isVersioned(provider: UnknownRecord | undefined): boolean {
  const version = provider?.specificationVersion;
  return version === "v3" || version === "v4";
}

/**
 * The method of the default provider by which the SDK finds a model. v5 calls the old names, v6 the new names. v7 calls
 * the old names if the provider has no specification version.
 *
 * @returns `undefined` if the SDK accepts no id for this kind of model. The SDK then throws its error.
 */
function factoryOf(run: WrappedRun): ((id: string) => unknown) | undefined {
  const provider = providerOf(run);
  const { operation, factory, oldFactory = factory } = run.kind;
  const sdkModule = asRecord(run.sdkModule);
  const isV7 = isFunction(sdkModule?.registerTelemetry);
  const isV5 = !isV7 && !isFunction(sdkModule?.ToolLoopAgent);
  const isOld = isV5 || (isV7 && !isVersioned(provider));
  const isRefused = isV5 ? WITHOUT_IDS_IN_V5.has(factory) : isV7 && isOld && operation === "rerank";
  if (isRefused) return undefined;
  const create = provider?.[isOld ? oldFactory : factory];
  return isFunction(create) ? (id) => create.call(provider, id) : undefined;
}
