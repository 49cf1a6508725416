/**
 * Reads events of the AI SDK's telemetry (v7, `telemetry/telemetry.ts`). Reads ids, settings, counts and the class of
 * an error, never messages, tools, arguments, results or headers.
 */
import { ERROR_TYPE_OTHER, type Operation, type OutputType } from "../semconv/attributes.ts";
import type { ModelRequest, ModelResponse, Outcome } from "../semconv/records.ts";
import { ABORTED, failedWith } from "../semconv/outcome.ts";
import { readFailure, readUnsignaledFailure } from "./failure.ts";
import { addStepAnswer } from "./step.ts";
import { finiteNumber, isString, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { readModelIdentity, readModelRequest } from "./model-call.ts";

/** The start of an operation. The settings in `request` apply to all its model calls. */
export interface OperationRecord {
  readonly operation: Operation;
  /** The name of the SDK's function, such as `streamText`. */
  readonly sdkOperation: string;
  readonly request: ModelRequest;
  /**
   * Whether the operation is `streamText`. Of all operations, only its stream lets us observe the readers, and only its
   * abort has an event.
   */
  readonly isTextStream: boolean;
  /** Whether the operation calls its provider several times in parallel. */
  readonly isParallel: boolean;
}

const OPERATIONS: ReadonlyMap<unknown, readonly [operation: Operation, outputType?: OutputType]> = new Map([
  ["ai.generateText", ["invoke_agent"]],
  ["ai.streamText", ["invoke_agent"]],
  ["ai.generateObject", ["invoke_agent", "json"]],
  ["ai.streamObject", ["invoke_agent", "json"]],
  ["ai.embed", ["embeddings"]],
  ["ai.embedMany", ["embeddings"]],
  ["ai.rerank", ["rerank"]],
  ["ai.generateSpeech", ["generate_content", "speech"]],
  ["ai.transcribe", ["generate_content", "text"]],
]);

/** @returns `undefined` for an operation that this version of ai-spans does not know */
export function readOperation(event: UnknownRecord): OperationRecord | undefined {
  const operationId = readProperty(event, "operationId");
  const known = OPERATIONS.get(operationId);
  if (!known) return undefined;
  const [operation, outputType] = known;
  const isText = operationId === "ai.streamText";
  const isStream = isText || operationId === "ai.streamObject";
  // Settings of a text operation are recorded on its model calls only, because `prepareStep` may change them.
  const request: ModelRequest =
    isText || operationId === "ai.generateText"
      ? { model: readModelIdentity(event), settings: { stream: isStream || undefined } }
      : readModelRequest(event, event, isStream);
  // For structured output, the event's `output` names its kind, such as `object`. The SDK leaves `output` out when the
  // caller sets `recordInputs: false`.
  const name = operation === "invoke_agent" ? readProperty(readProperty(event, "output"), "name") : undefined;
  request.settings.outputType = outputType ?? (isString(name) && name !== "text" ? "json" : undefined);
  const sdkOperation = String(operationId).replace(/^ai\./, "");
  return {
    operation,
    sdkOperation,
    request,
    isTextStream: isText,
    isParallel: operationId === "ai.embedMany",
  };
}

/** Reads a model call of a text operation, with the settings of its step. */
export function readEventRequest(event: UnknownRecord, { request }: OperationRecord): ModelRequest {
  const stepRequest = readModelRequest(event, event, request.settings.stream === true);
  stepRequest.settings.outputType = request.settings.outputType;
  return stepRequest;
}

/** Reads the answer of a model call of `generateObject` or `streamObject`. */
export function addObjectAnswer(
  response: ModelResponse,
  event: UnknownRecord,
  { request }: OperationRecord,
): void {
  addStepAnswer(response, event, request.model.requestModel);
}

/** Options with which the caller excludes inputs or outputs from telemetry. */
const SWITCHES = ["recordInputs", "recordOutputs"] as const;

/**
 * Reads the failure that an event reports.
 *
 * @param observedFailure the failure, if another observation of ours has it. When the caller excludes inputs or
 *   outputs, the SDK replaces the error in the event (`filter-telemetry-event.ts`). Then `observedFailure` is used.
 */
export function readErrorEvent(
  event: UnknownRecord,
  observedFailure: Outcome | undefined,
  operation: OperationRecord,
): Outcome {
  const error = readProperty(event, "error");
  const isHidden = error === undefined || SWITCHES.some((name) => readProperty(event, name) === false);
  return isHidden ? (observedFailure ?? failedWith(ERROR_TYPE_OTHER)) : readRejection(error, operation);
}

/**
 * Reads the outcome of a provider's call that was rejected. The abort of a stream has an event, `onAbort`, but the
 * abort of a promise has none. `fetch` rejects with the reason of the abort, and that reason may be a string. For
 * example, `@hono/node-server` aborts with a string when a client leaves. Providers never reject with a string, so a
 * string counts as an abort.
 */
export function readRejection(error: unknown, operation: OperationRecord): Outcome {
  // An abort of `streamText` has the event `onAbort`. So an `AbortError` without that event is an error.
  if (operation.isTextStream) return readFailure(error);
  return isString(error) && !operation.request.settings.stream ? ABORTED : readUnsignaledFailure(error);
}

/**
 * Whether an event reports Node's error for a write to a closed stream. During a stream it means that the only reader
 * left, so the SDK could not enqueue the next part (`experimental_streamTextLowMemory`, 7.0.173).
 */
export function isClosedStream(event: UnknownRecord): boolean {
  return readProperty(readProperty(event, "error"), "code") === "ERR_INVALID_STATE";
}

/** Reads when a replayed event took place, in milliseconds since the epoch. */
export function readTimestamp(event: UnknownRecord): number | undefined {
  return finiteNumber(readProperty(event, "timestamp"));
}
