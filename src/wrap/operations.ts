/**
 * Lists the SDK's functions and classes that are wrapped, and how each of them is traced. Data only.
 */
import type { Operation, OutputType } from "../semconv/attributes.ts";

export interface OperationKind {
  /** The operation of the call's span. Under `invoke_agent` each model call has a span; other operations count them. */
  readonly operation: Operation;
  /**
   * The property of a streamed result by which its reading is observed. `baseStream` is the stream that every reader tees
   * or pipes. `finishReason` is a promise of a result with one reader (v7); a read of it starts no consumption. Absent
   * where the result is a promise.
   */
  readonly source?: "baseStream" | "finishReason";
  /** The provider's method that returns a model for its id. */
  readonly factory: string;
  /** The name of that method in providers of specification V2. */
  readonly oldFactory?: string;
  readonly outputType?: OutputType;
  /** The SDK checks the result when its stream is complete, and reports the check to `onFinish` only. */
  readonly isChecked?: true;
}

const run: OperationKind = { operation: "invoke_agent", factory: "languageModel" };
const stream: OperationKind = { ...run, source: "baseStream" };
const embedding: OperationKind = {
  operation: "embeddings",
  factory: "embeddingModel",
  oldFactory: "textEmbeddingModel",
};

function media(factory: string, outputType: OutputType): OperationKind {
  return { operation: "generate_content", factory, outputType };
}

/** By name, without the prefix `experimental_` that some majors put before some of the names. */
export const OPERATIONS: ReadonlyMap<string, OperationKind> = new Map([
  ["generateText", run],
  ["generateObject", run],
  ["streamText", stream],
  ["streamTextLowMemory", { ...run, source: "finishReason" }],
  ["streamObject", { ...stream, isChecked: true }],
  ["embed", embedding],
  ["embedMany", embedding],
  ["rerank", { operation: "rerank", factory: "rerankingModel" }],
  ["generateImage", media("imageModel", "image")],
  ["generateSpeech", media("speechModel", "speech")],
  ["transcribe", media("transcriptionModel", "text")],
  ["generateVideo", media("videoModel", "video")],
]);

/** Names of the agent classes, without the prefix `Experimental_`. */
export const AGENT_CLASSES: readonly string[] = ["Agent", "ToolLoopAgent"];

export const AGENT_METHODS: ReadonlyMap<string, OperationKind> = new Map([
  ["generate", run],
  ["stream", stream],
]);

/** The methods of a provider's models that call the provider, for all kinds of models. */
export const MODEL_METHODS: readonly string[] = [
  "doGenerate",
  "doStream",
  "doEmbed",
  "doRerank",
  "doGenerateFromUrl",
  "doStart",
  "doStatus",
];
