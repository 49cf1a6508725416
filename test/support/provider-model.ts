/**
 * Models that are no language models, of the major's specification. Each call gets the next answer of a script.
 * `operationOf` returns the SDK's function for such a model, which some majors call experimental.
 */
import { rejectOnAbort, type Gate } from "./gate.ts";
import type { CallParameters, Major, ModelCallOptions, SDK } from "./majors.ts";

export interface ProviderAnswer {
  /** The provider's answer. Without one the model never answers, and rejects when its signal aborts. */
  readonly answer?: object;
  readonly rejection?: unknown;
  /** The model waits here before it answers. */
  readonly gate?: Gate;
  /** Runs in the model call, where `fetch` would run. */
  readonly onCall?: (options: ModelCallOptions) => unknown;
}

export interface ProviderModelOptions {
  readonly provider?: string;
  readonly modelId?: string;
  readonly [property: string]: unknown;
}

export interface ProviderModel {
  readonly model: object;
  /** The call options of all calls. */
  readonly calls: ModelCallOptions[];
}

export function providerModel(
  major: Major,
  methods: Readonly<Record<string, readonly ProviderAnswer[]>>,
  options: ProviderModelOptions = {},
): ProviderModel {
  const calls: ModelCallOptions[] = [];
  const model: Record<string, unknown> = {
    specificationVersion: major.specification.toLowerCase(),
    provider: "mock-provider",
    modelId: "mock-model",
    ...options,
  };
  for (const [name, answers] of Object.entries(methods)) {
    const script = [...answers];
    model[name] = async (callOptions: ModelCallOptions) => {
      calls.push(callOptions);
      const next = script.shift();
      if (next === undefined) throw new Error("the script has no more calls");
      callOptions.abortSignal?.throwIfAborted();
      await next.onCall?.(callOptions);
      await next.gate?.pass();
      if ("rejection" in next) throw next.rejection;
      return next.answer ?? (await rejectOnAbort(callOptions.abortSignal));
    };
  }
  return { model, calls };
}

export type ModelOperation = (parameters: CallParameters) => Promise<Readonly<Record<string, unknown>>>;

/** The function of this name, or its experimental version. */
export function operationOf(sdk: SDK, name: string): ModelOperation {
  // The type `SDK` has only the functions of all majors.
  const operations = sdk as unknown as Readonly<Record<string, ModelOperation | undefined>>;
  const operation = operations[name] ?? operations[`experimental_${name}`];
  if (operation === undefined) throw new Error(`the SDK has no ${name}`);
  return operation;
}
