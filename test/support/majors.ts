/**
 * The three majors of the AI SDK behind one loose type, so that one program runs on all of them. It covers differences
 * in how a program is written. It hides no difference in what a program does.
 */
import * as aiV7 from "ai";
import * as testV7 from "ai/test";
import * as aiV5 from "ai-v5";
import * as testV5 from "ai-v5/test";
import * as aiV6 from "ai-v6";
import * as testV6 from "ai-v6/test";

export type MajorName = "v5" | "v6" | "v7";

/**
 * Parameters of a call. The types of the majors differ too much to share one, and each major checks them at run time.
 */
export type CallParameters = Record<string, unknown>;

export interface GenerateResult {
  readonly text: string;
  readonly finishReason: string;
  readonly steps: readonly unknown[];
  readonly experimental_output?: unknown;
  readonly output?: unknown;
}

export type ReadableIterable<T> = AsyncIterable<T> & ReadableStream<T>;

export interface StreamResult {
  readonly text: Promise<string>;
  readonly finishReason: Promise<string>;
  readonly steps: Promise<readonly unknown[]>;
  readonly textStream: ReadableIterable<string>;
  readonly fullStream: ReadableIterable<{ readonly type: string }>;
  readonly experimental_partialOutputStream: ReadableIterable<unknown>;
  consumeStream(options?: { onError?: (error: unknown) => void }): Promise<void>;
  toUIMessageStream(options?: object): ReadableIterable<{ readonly type: string }>;
  toUIMessageStreamResponse(options?: object): Response;
  toTextStreamResponse(init?: ResponseInit): Response;
}

/** The exports of the SDK that the programs use. */
export interface SDK {
  generateText(parameters: CallParameters): Promise<GenerateResult>;
  streamText(parameters: CallParameters): StreamResult;
  tool<T extends object>(definition: T): T;
  dynamicTool<T extends object>(definition: T): T;
  jsonSchema(schema: object, options?: { validate?: (value: unknown) => unknown }): unknown;
  stepCountIs(count: number): unknown;
  createProviderRegistry(providers: object, options?: object): Provider;
  customProvider(options: { languageModels: Record<string, object>; fallbackProvider?: object }): Provider;
  createGateway(options: object): Provider & ((modelId: string) => object);
  wrapLanguageModel(options: {
    model: object;
    middleware: object | readonly object[];
    modelId?: string;
    providerId?: string;
  }): object;
  readonly Output: { object(options: { schema: unknown }): unknown };
  readonly APICallError: new (options: {
    message: string;
    url: string;
    requestBodyValues: unknown;
    statusCode?: number;
    responseHeaders?: Record<string, string>;
    isRetryable?: boolean;
  }) => Error;
  readonly RetryError: new (options: { message: string; reason: string; errors: unknown[] }) => Error;
}

export interface Provider {
  languageModel(modelId: string): object;
}

/** A model as a parameter: a mock of the major's specification, or an id. */
export type Model = object | string;

export interface MockModelOptions {
  readonly provider: string;
  readonly modelId: string;
  readonly doGenerate: (options: ModelCallOptions) => Promise<unknown>;
  readonly doStream: (options: ModelCallOptions) => Promise<unknown>;
}

/** The call options that the SDK passes to a model, as far as scripted models read them. */
export interface ModelCallOptions {
  readonly abortSignal?: AbortSignal;
  readonly [setting: string]: unknown;
}

export interface TelemetryOptions {
  readonly functionId?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface Major {
  readonly name: MajorName;
  readonly ai: SDK;
  /** The form of usage and finish reasons: flat (V2) or by part (V3, V4). */
  readonly specification: "V2" | "V3" | "V4";
  readonly mockModel: (options: MockModelOptions) => object;
  readonly mockProvider: (languageModels: Record<string, object>) => object;
  /** Returns the call parameters for identity and metadata. */
  readonly telemetryOptions: (options: TelemetryOptions) => CallParameters;
  /** Returns the call parameter for structured output. */
  readonly outputOptions: (output: unknown) => CallParameters;
  readonly stepCount: (count: number) => unknown;
}

function metadataBag({ functionId, metadata }: TelemetryOptions): CallParameters {
  return {
    experimental_telemetry: {
      ...(functionId === undefined ? {} : { functionId }),
      ...(metadata === undefined ? {} : { metadata }),
    },
  };
}

function runtimeContext({ functionId, metadata }: TelemetryOptions): CallParameters {
  // `fromEntries` defines properties, so a key `__proto__` stays a key.
  const allowed = metadata && Object.fromEntries(Object.keys(metadata).map((key) => [key, true]));
  return {
    telemetry: {
      ...(functionId === undefined ? {} : { functionId }),
      ...(allowed === undefined ? {} : { includeRuntimeContext: allowed }),
    },
    ...(metadata === undefined ? {} : { runtimeContext: metadata }),
  };
}

/** The only cast of the programs. The generics of the three modules differ, so it casts each to what they share. */
function loosen(ai: object): SDK {
  return ai as SDK;
}

/** The mock classes expect the shapes of their specification, which the scripted model produces. */
function mockClasses(model: unknown, provider: unknown): Pick<Major, "mockModel" | "mockProvider"> {
  const MockModel = model as new (options: MockModelOptions) => object;
  const MockProvider = provider as new (options: { languageModels: Record<string, object> }) => object;
  return {
    mockModel: (options) => new MockModel(options),
    mockProvider: (languageModels) => new MockProvider({ languageModels }),
  };
}

export const v5: Major = {
  name: "v5",
  ai: loosen(aiV5),
  specification: "V2",
  ...mockClasses(testV5.MockLanguageModelV2, testV5.MockProviderV2),
  telemetryOptions: metadataBag,
  outputOptions: (output) => ({ experimental_output: output }),
  stepCount: (count) => aiV5.stepCountIs(count),
};

export const v6: Major = {
  name: "v6",
  ai: loosen(aiV6),
  specification: "V3",
  ...mockClasses(testV6.MockLanguageModelV3, testV6.MockProviderV3),
  telemetryOptions: metadataBag,
  outputOptions: (output) => ({ output }),
  stepCount: (count) => aiV6.stepCountIs(count),
};

export const v7: Major = {
  name: "v7",
  ai: loosen(aiV7),
  specification: "V4",
  ...mockClasses(testV7.MockLanguageModelV4, testV7.MockProviderV4),
  telemetryOptions: runtimeContext,
  outputOptions: (output) => ({ output }),
  stepCount: (count) => aiV7.isStepCount(count),
};

/** The majors on which a part of the suite runs, such as `v5,v6`. vitest.parts.ts sets it. */
const tested = process.env["TESTED_MAJORS"]?.split(",");

export const majors: readonly Major[] = [v5, v6, v7].filter(({ name }) => tested?.includes(name) ?? true);

// Turns off the SDK's warnings about mock models.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
