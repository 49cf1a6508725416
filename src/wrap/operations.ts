/**
 * What of the SDK is wrapped, and how each part of it is traced. Data only.
 */
import type { Operation, OutputType } from "../semconv/attributes.ts";

export interface OperationKind {
  /** The span that stands for a call. Below `invoke_agent` each model call has its own; any other counts them. */
  readonly operation: Operation;
  /**
   * The property of a streamed result that shows how it is read: the stream that each way of reading tees or pipes or,
   * of a result that can be read once by one consumer (v7), a promise that starts no consumption. Absent: the result is
   * a promise.
   */
  readonly source?: "baseStream" | "finishReason";
  /** The method of a provider that gives a model by its id. */
  readonly factory: string;
  /** Its name in providers of V2. */
  readonly oldFactory?: string;
  readonly outputType?: OutputType;
  /** The result is checked when its stream is complete, which only `onFinish` tells. */
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

/** By their names without `experimental_`, which some majors put before some of them. */
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

/** Classes whose instances have the methods below, by their names without `Experimental_`. */
export const AGENT_CLASSES: readonly string[] = ["Agent", "ToolLoopAgent"];

export const AGENT_METHODS: ReadonlyMap<string, OperationKind> = new Map([
  ["generate", run],
  ["stream", stream],
]);

/** What a provider's model does, in all kinds of models. */
export const MODEL_METHODS: readonly string[] = [
  "doGenerate",
  "doStream",
  "doEmbed",
  "doRerank",
  "doGenerateFromUrl",
  "doStart",
  "doStatus",
];

/** The parameters that are looked into, with or without `experimental_` (v5 to v7): callbacks that see the others, too. */
export const PARAMETERS = [
  "model",
  "tools",
  "toolApproval",
  "output",
  "onStepFinish",
  "onStepEnd",
  "prepareStep",
  "prepareCall",
  "onStart",
  "onStepStart",
  "onStepError",
  "transform",
  "repairToolCall",
] as const;

/** The parameters that the SDK gets changed: an event may show them. */
export const CHANGED: ReadonlySet<string> = new Set([
  "telemetry",
  ...PARAMETERS.flatMap((name) => [name, `experimental_${name}`]),
]);
