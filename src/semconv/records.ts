/**
 * Records: values that the readers collect and that `attributesOf` converts to attributes. They belong to no version of
 * the conventions. The names of the values are the names in `ATTRIBUTE_KEYS`. An absent value is unknown. No record may
 * hold a prompt, a message, a chunk or a result.
 */
import type { ATTRIBUTE_KEYS, OutputType, SHARED_SETTING_KEYS, ToolType, USAGE_KEYS } from "./attributes.ts";

export type Scalar = string | number | boolean;
export type AttributeValue = Scalar | string[];

/** Values to record on a span, by their names. */
export type AttributeRecord = { readonly [name: string]: AttributeValue | undefined };

type Known<Name extends keyof typeof ATTRIBUTE_KEYS, Value> = { [name in Name]?: Value | undefined };

/** Settings of a model request that have a name in the conventions. Numbers are finite. */
export type RequestSettings = Known<keyof typeof SHARED_SETTING_KEYS | "topK" | "choiceCount", number> &
  Known<"stopSequences", string[]> &
  Known<"reasoning", string>;

/** The server that a model sends its requests to. */
export type ModelServer = Known<"serverAddress", string> & Known<"serverPort", number>;

/** The provider and the model of a request. */
export type ModelNames = Known<"provider" | "requestModel", string> & {
  /** The SDK's id of the provider, such as `openai.responses`. It is not recorded as an attribute. */
  readonly providerId?: string | undefined;
};

/** One call of a model before its answer. All attempts of the call have the same request. */
export interface ModelRequest {
  readonly model: ModelServer & ModelNames;
  readonly settings: RequestSettings &
    Known<"stream", true> &
    /** `json` when the call asks for structured output. */
    Known<"outputType", OutputType>;
  /**
   * The number of messages in the prompt. It is not recorded. It shows whether a call is a new step, because the prompt
   * of a new step is longer than that of another attempt.
   */
  readonly messageCount?: number | undefined;
  /** Reads the names of the model again. They change when a model fails over to another model. */
  readonly readModel?: (() => ModelNames) | undefined;
}

export type TokenUsage = Known<keyof typeof USAGE_KEYS, number>;

/** The values that the provider reported in its answer. Values that the SDK generates are left out. */
export type ModelResponse = TokenUsage &
  Known<"responseId" | "responseModel", string> &
  Known<"finishReasons", string[]> &
  /** Time to the first part that carries output. Streams only. */
  Known<"timeToFirstChunkSeconds", number> &
  /** Length of each vector. Embeddings only. */
  Known<"dimensionCount", number>;

/** The name of the SDK's function, and the SDK's id of its call. */
export type SDKCall = {
  readonly sdkOperation?: string | undefined;
  readonly sdkCallId?: string | undefined;
};

/** Values that are recorded at the end of a span. A run has the sum of its model calls. */
export type EndRecord = ModelResponse & {
  outputType?: OutputType | undefined;
  /**
   * The number of model calls of a run. Recorded on metrics only. `toolCalls`, the number of executed tools, is on
   * metrics only too.
   */
  inferenceCalls?: number;
  toolCalls?: number;
  /** The tokens of a run. On metrics only: the option `runUsage: false` keeps them there. */
  runInputTokens?: number | undefined;
  runOutputTokens?: number | undefined;
  /** The number of attempts that repeated a failed attempt. */
  retryCount?: number | undefined;
  /** The number of answers from the provider, if the span covers more than one. */
  callCount?: number;
};

/** One call of a tool by the model, executed or not. */
export type ToolCall = Known<"toolCallId", string> & {
  readonly toolName: string;
  readonly toolType?: ToolType | undefined;
  /** Recorded if the tool needs an approval before it may run, by a person or by the caller's policy. */
  readonly toolApproval?: "requested" | "approved" | "denied" | undefined;
  /** `true` if the model's call was invalid and the caller's `repairToolCall` replaced it. */
  readonly toolRepaired?: true | undefined;
  /** `true` if the program runs the call elsewhere. A later request may have its result. */
  readonly toolPending?: true | undefined;
};

/** Facts about a run that the caller states. ai-spans adds none. */
export interface Turn {
  readonly identity: Known<"agentId" | "agentName" | "agentVersion" | "conversationId", string>;
  /** The facts that are not in `identity`, such as `userId`, `requestId` or `plan`. */
  readonly metadata: ReadonlyMap<string, Scalar>;
}

/** How work ended. docs/why/design.md, "How a span ends", states which event gives which outcome. */
export type Outcome =
  | { readonly kind: "ok" }
  /** `errorType` is a class name or a status code, never a message. */
  | { readonly kind: "error"; readonly errorType: string }
  | { readonly kind: "canceled"; readonly cause: "abort" | "consumer" | "abandoned" | "shutdown" };
