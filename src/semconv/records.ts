/**
 * Neutral records between the readers (what the SDK says) and the attributes (what a span says).
 * Types only: no record may hold a prompt, a message, a chunk or a result.
 */
export type Scalar = string | number | boolean;

/** Settings of a model request that the conventions have a name for. Numbers are finite. */
export interface RequestSettings {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly stopSequences?: string[] | undefined;
  readonly reasoningLevel?: string | undefined;
}

/** One logical call of a model, before its answer. */
export interface ModelRequest {
  /** The SDK's provider id, as the model says it: `openai.responses`. */
  readonly providerId: string | undefined;
  readonly model: string | undefined;
  readonly streaming: boolean;
}

/** Token counts; absent when unknown. Input counts include cached tokens, output counts reasoning. */
export interface TokenUsage {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

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

/** Who runs, for whom: given by the caller, never invented. */
export interface Identity {
  readonly agentId?: string | undefined;
  readonly agentName?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** Identity and the caller's own scalar words for one turn. */
export interface Turn extends Identity {
  /** `userId`, `requestId`, `plan` … in the caller's order; later entries win. */
  readonly metadata: ReadonlyMap<string, Scalar> | undefined;
}

export type CancelCause = "abort" | "consumer" | "abandoned";

/** How a span ended. See docs/design.md, "How a span ends". */
export type Outcome =
  | { readonly status: "ok" }
  | { readonly status: "error"; readonly errorType: string }
  | { readonly status: "canceled"; readonly cause: CancelCause };

export const OK: Outcome = { status: "ok" };
export const ABORTED: Outcome = { status: "canceled", cause: "abort" };
export const LEFT_BY_CONSUMER: Outcome = { status: "canceled", cause: "consumer" };
export const ABANDONED: Outcome = { status: "canceled", cause: "abandoned" };
