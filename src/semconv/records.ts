/**
 * Neutral records between the readers (what the SDK says) and the attributes (what a span says). No record may hold a
 * prompt, a message, a chunk or a result.
 */
export type Scalar = string | number | boolean;

/** Numeric settings of a model request, by the SDK's names (the same on call parameters and provider calls). */
export type NumericSetting =
  | "maxOutputTokens"
  | "temperature"
  | "topP"
  | "topK"
  | "frequencyPenalty"
  | "presencePenalty"
  | "seed";

/** Settings of a model request that the conventions have a name for. Numbers are finite. */
export type RequestSettings = { [name in NumericSetting]?: number } & {
  stopSequences?: string[];
  /** The SDK's `reasoning` level (v7). */
  reasoning?: string;
};

/** One logical call of a model, before its answer. */
export interface ModelRequest {
  /** The SDK's provider id, as the model says it: `openai.responses`. */
  readonly providerId: string | undefined;
  readonly model: string | undefined;
  readonly streaming: boolean;
  /** Whether the call asks for structured output. */
  readonly wantsJson: boolean;
}

/** Token counts. Input counts include cached tokens, output counts include reasoning. */
export type TokenCount = "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens";

/** Absent counts are unknown. */
export type TokenUsage = { readonly [name in TokenCount]?: number | undefined };

/** What a provider reported of its answer. Never the SDK's own generated values. */
export interface ModelResponse {
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReason?: string | undefined;
  readonly usage?: TokenUsage | undefined;
  /** Seconds to the first part that carries output; streams only. */
  readonly timeToFirstChunkSeconds?: number | undefined;
}

export interface ToolRequest {
  readonly name: string;
  readonly type: string;
  readonly callId: string | undefined;
}

/** Who runs, for whom, in the caller's own words; never invented. */
export interface Turn {
  readonly agentId?: string | undefined;
  readonly agentName?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly conversationId?: string | undefined;
  /** `userId`, `requestId`, `plan` and so on. */
  readonly metadata?: ReadonlyMap<string, Scalar> | undefined;
}

export type CancelCause = "abort" | "consumer" | "abandoned";

/** How a span ended. See docs/design.md, "How a span ends". */
export type Outcome =
  | { readonly status: "ok" }
  | { readonly status: "error"; readonly errorType: string }
  | { readonly status: "canceled"; readonly cause: CancelCause };
