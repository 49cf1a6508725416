/**
 * The three majors of the AI SDK behind one loose type. They are loaded one at a time, so that a profile shows one SDK.
 */
export type MajorName = "v5" | "v6" | "v7";

export const MAJOR_NAMES: readonly MajorName[] = ["v5", "v6", "v7"];

/** Parameters of a call. Each major checks its own at run time. */
export type CallParameters = Readonly<Record<string, unknown>>;

/** Token counts of a whole call, as the SDK sums them up. */
export interface TotalUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** v5. */
  readonly cachedInputTokens?: number;
  /** v5. */
  readonly reasoningTokens?: number;
  /** v6, v7. */
  readonly inputTokenDetails?: { readonly cacheReadTokens?: number };
  /** v6, v7. */
  readonly outputTokenDetails?: { readonly reasoningTokens?: number };
}

/** The outcome of a call: the result of `generateText`, or the event of `onFinish`. */
export interface Completion {
  readonly finishReason: string;
  /** v5, v6. */
  readonly totalUsage?: TotalUsage;
  /** v7: the counts of all steps. v5, v6: the counts of the last step. */
  readonly usage: TotalUsage;
  /** On v7 each step has the SDK's id of the call. */
  readonly steps: readonly { readonly callId?: string; readonly toolCalls?: readonly unknown[] }[];
}

export interface StreamResult {
  readonly textStream: AsyncIterable<string>;
}

/** The part of the SDK that the programs use. */
export interface SDK {
  generateText(parameters: CallParameters): Promise<Completion>;
  streamText(parameters: CallParameters): StreamResult;
  jsonSchema(schema: object): unknown;
}

export interface Major {
  readonly name: MajorName;
  readonly version: string;
  readonly ai: SDK;
  /** The version of the provider specification. */
  readonly specificationVersion: "v2" | "v3" | "v4";
  /** `stopWhen` of a tool loop. */
  readonly stepLimit: (count: number) => unknown;
  /** The call parameters with the agent's name and the metadata. */
  readonly telemetry: (
    functionId: string,
    metadata: Readonly<Record<string, string>> | undefined,
  ) => CallParameters;
}

export async function loadMajor(name: MajorName): Promise<Major> {
  switch (name) {
    case "v5": {
      const ai = await import("ai-v5");
      return {
        name,
        version: await version("ai-v5"),
        ai: loosen(ai),
        specificationVersion: "v2",
        stepLimit: ai.stepCountIs,
        telemetry: metadataBag,
      };
    }
    case "v6": {
      const ai = await import("ai-v6");
      return {
        name,
        version: await version("ai-v6"),
        ai: loosen(ai),
        specificationVersion: "v3",
        stepLimit: ai.stepCountIs,
        telemetry: metadataBag,
      };
    }
    case "v7":
    default: {
      const ai = await import("ai");
      return {
        name,
        version: await version("ai"),
        ai: loosen(ai),
        specificationVersion: "v4",
        stepLimit: ai.isStepCount,
        telemetry: runtimeContext,
      };
    }
  }
}

/** The only cast of the programs: three modules with different generics become the type that they share. */
function loosen(ai: object): SDK {
  return ai as SDK;
}

async function version(specifier: string): Promise<string> {
  const manifest: { default: { version: string } } = await import(`${specifier}/package.json`, {
    with: { type: "json" },
  });
  return manifest.default.version;
}

function metadataBag(
  functionId: string,
  metadata: Readonly<Record<string, string>> | undefined,
): CallParameters {
  return { experimental_telemetry: { functionId, ...(metadata && { metadata }) } };
}

function runtimeContext(
  functionId: string,
  metadata: Readonly<Record<string, string>> | undefined,
): CallParameters {
  if (metadata === undefined) return { telemetry: { functionId } };
  const includeRuntimeContext = Object.fromEntries(Object.keys(metadata).map((key) => [key, true]));
  return { telemetry: { functionId, includeRuntimeContext }, runtimeContext: metadata };
}
