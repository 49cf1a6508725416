/**
 * Models that are no language models, in the shape of the major's own specification: each call takes the next answer of
 * a script. And the SDK's functions for them, which some majors still call experimental.
 */
import { rejectOnAbort, type Gate } from "./gate.ts";
import type { CallParameters, Major, ModelCallOptions, SDK } from "./majors.ts";

export interface ProviderAnswer {
  /** What the provider gives; without one it never answers, and gives up when it is told to. */
  readonly answer?: object;
  readonly rejection?: unknown;
  /** Waits here before it answers. */
  readonly gate?: Gate;
  /** Runs inside the provider call, where an instrumented `fetch` would. */
  readonly onCall?: (options: ModelCallOptions) => unknown;
}

export interface ProviderModelOptions {
  readonly provider?: string;
  readonly modelId?: string;
  readonly [property: string]: unknown;
}

export interface ProviderModel {
  readonly model: object;
  /** Calls made so far. */
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
    model[name] = async (given: ModelCallOptions) => {
      calls.push(given);
      const next = script.shift();
      if (next === undefined) throw new Error("the script has no more calls");
      given.abortSignal?.throwIfAborted();
      await next.onCall?.(given);
      await next.gate?.pass();
      if ("rejection" in next) throw next.rejection;
      return next.answer ?? (await rejectOnAbort(given.abortSignal));
    };
  }
  return { model, calls };
}

export type ModelOperation = (parameters: CallParameters) => Promise<Readonly<Record<string, unknown>>>;

/** The function of this name, or the experimental one. */
export function operationOf(sdk: SDK, name: string): ModelOperation {
  // The namespace as the programs see it names only the functions that all majors have.
  const operations = sdk as unknown as Readonly<Record<string, ModelOperation | undefined>>;
  const operation = operations[name] ?? operations[`experimental_${name}`];
  if (operation === undefined) throw new Error(`the SDK has no ${name}`);
  return operation;
}
