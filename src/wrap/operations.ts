/**
 * Lists the SDK's functions and classes that are wrapped, and how each of them is traced. Data only.
 */
import type { Operation, OutputType } from "../semconv/attributes.ts";

export interface OperationKind {
  /**
   * The operation of the call's span. For `invoke_agent`, each model call has a span below it. For other operations,
   * model calls are only counted.
   */
  readonly operation: Operation;
  /**
   * The property of a streamed result by which the reading of the result is observed. Absent if the result is a
   * promise.
   * - `baseStream`: the stream that every reader tees or pipes.
   * - `finishReason`: a promise of a result with one reader (v7). Reading this property does not start to consume the
   *   result.
   */
  readonly source?: "baseStream" | "finishReason";
  /** The provider's method that returns a model for its id. */
  readonly factory: string;
  /** The name of that method in providers of specification V2, if it is another name. */
  readonly oldFactory?: string;
  readonly outputType?: OutputType;
  /**
   * Whether the SDK checks the result against a schema when its stream is complete, and reports the check only to
   * `onFinish`.
   */
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

/** The SDK's functions by name. Some majors add the prefix `experimental_` to some of the names. */
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

/** The names of the agent classes. Some majors add the prefix `Experimental_`. */
export const AGENT_CLASSES: readonly string[] = ["Agent", "ToolLoopAgent"];

export const AGENT_METHODS: ReadonlyMap<string, OperationKind> = new Map([
  ["generate", run],
  ["stream", stream],
]);

/** The methods by which models of all kinds call their provider. */
export const MODEL_METHODS: readonly string[] = [
  "doGenerate",
  "doStream",
  "doEmbed",
  "doRerank",
  "doGenerateFromUrl",
  "doStart",
  "doStatus",
];
