/**
 * Neutral records between the readers (what the SDK says) and the attributes (what a span says). A record's names are
 * those of `ATTRIBUTE_KEYS`; absent values are unknown. No record may hold a prompt, a message, a chunk or a result.
 */
import type { ATTRIBUTE_KEYS, OutputType, REQUEST_NUMBER_KEYS, ToolType, USAGE_KEYS } from "./attributes.ts";

export type Scalar = string | number | boolean;
export type AttributeValue = Scalar | string[];

/** What a span can be told, in any part. */
export type SpanRecord = { readonly [name: string]: AttributeValue | undefined };

type Known<Name extends keyof typeof ATTRIBUTE_KEYS, Value> = { [name in Name]?: Value | undefined };

/** Settings of a model request that the conventions have a name for. Numbers are finite. */
export type RequestSettings = Known<keyof typeof REQUEST_NUMBER_KEYS | "topK" | "choiceCount", number> &
  Known<"stopSequences", string[]> &
  Known<"reasoning", string>;

/** Where a model's requests go. */
export type ModelServer = Known<"serverAddress", string> & Known<"serverPort", number>;

/** Who is asked for an answer. */
export type ModelNames = Known<"provider" | "requestModel", string> & {
  /** The provider's name in the SDK; no attribute. */
  readonly providerId?: string | undefined;
};

/** One logical call of a model, before its answer. */
export interface ModelRequest {
  readonly model: ModelServer & ModelNames;
  readonly settings: RequestSettings &
    Known<"stream", true> &
    /** `json` when the call asks for structured output. */
    Known<"outputType", OutputType>;
  /** How many messages the model receives; no attribute. A step has more than the step before, a retry has as many. */
  readonly messageCount?: number | undefined;
  /** Reads the model again: one that fails over to another changes its names. */
  readonly readModel?: (() => ModelNames) | undefined;
}

export type TokenUsage = Known<keyof typeof USAGE_KEYS, number>;

/** What a provider reported of its answer. Never the SDK's own generated values. */
export type ModelResponse = TokenUsage &
  Known<"responseId" | "responseModel", string> &
  Known<"finishReasons", string[]> &
  /** To the first part that carries output; streams only. */
  Known<"timeToFirstChunkSeconds", number> &
  /** Of each vector; embeddings only. */
  Known<"dimensionCount", number>;

/** What the SDK calls a run. */
export type SDKCall = {
  readonly sdkOperation?: string | undefined;
  readonly sdkCallId?: string | undefined;
};

/** What a span is told at its end: of a run its calls' answers in sum. */
export type EndRecord = ModelResponse & {
  outputType?: OutputType | undefined;
  /** On metrics alone: the model calls and the executed tools of a run. */
  inferenceCalls?: number;
  toolCalls?: number;
  /** How often a model call was repeated. */
  retryCount?: number | undefined;
  /** How many calls of a provider were answered, where there was more than one behind the span. */
  callCount?: number;
};

/** One call of a tool by the model, executed or not. */
export type ToolCall = Known<"toolCallId", string> & {
  readonly toolName: string;
  readonly toolType?: ToolType | undefined;
  /** Where somebody, or a policy of the caller, is asked before the tool may run. */
  readonly toolApproval?: "requested" | "approved" | "denied" | undefined;
  /** The model's call was invalid, and the caller's `repairToolCall` gave another in its place. */
  readonly toolRepaired?: true | undefined;
  /** The program runs the call elsewhere: its result comes with a later request, or never. */
  readonly toolPending?: true | undefined;
};

/** Who runs, for whom, in the caller's own words; never invented. */
export interface Turn {
  readonly identity: Known<"agentId" | "agentName" | "agentVersion" | "conversationId", string>;
  /** `userId`, `requestId`, `plan` and so on. */
  readonly metadata: ReadonlyMap<string, Scalar>;
}

/** How a span ended. See docs/why/design.md, "How a span ends". */
export type Outcome =
  | { readonly kind: "ok" }
  /** `errorType` has a low cardinality and is never a message. */
  | { readonly kind: "error"; readonly errorType: string }
  | { readonly kind: "canceled"; readonly cause: "abort" | "consumer" | "abandoned" };
