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

/** The start of an operation. Its settings are those of all its model calls. */
export interface OperationRecord {
  readonly operation: Operation;
  /** The SDK's function. */
  readonly sdkOperation: string;
  readonly request: ModelRequest;
  /** Whether it is `streamText`. Only its stream shows whether somebody reads it, and only its abort has an event. */
  readonly isTextStream: boolean;
  /** Whether it calls its provider several times in parallel. */
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
  // The `output` of a text call has its kind as `name`. It is absent when the caller sets `recordInputs: false`.
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
 * @param cause the failure, if another observation has it. It is needed when the caller excludes inputs or outputs,
 *   because the SDK then replaces the error (`filter-telemetry-event.ts`).
 */
export function readErrorEvent(
  event: UnknownRecord,
  cause: Outcome | undefined,
  operation: OperationRecord,
): Outcome {
  const error = readProperty(event, "error");
  const isHidden = error === undefined || SWITCHES.some((name) => readProperty(event, name) === false);
  return isHidden ? (cause ?? failedWith(ERROR_TYPE_OTHER)) : readRejection(error, operation);
}

/**
 * Reads the rejection of a provider's call. No event reports the abort of a promise, but `fetch` rejects with the
 * reason of the abort. Providers reject with errors, so a string is such a reason: `@hono/node-server` aborts with a
 * string when a client leaves. The abort of a stream has an event, `onAbort`.
 */
export function readRejection(error: unknown, operation: OperationRecord): Outcome {
  // `onAbort` reports the abort of `streamText`. So an `AbortError` without that event is an error.
  if (operation.isTextStream) return readFailure(error);
  return isString(error) && !operation.request.settings.stream ? ABORTED : readUnsignaledFailure(error);
}

/**
 * Whether an event reports Node's error for an operation on a closed stream. During a stream it means: the only reader
 * left, and the SDK failed to enqueue the next part (`experimental_streamTextLowMemory`, 7.0.173).
 */
export function isClosedStream(event: UnknownRecord): boolean {
  return readProperty(readProperty(event, "error"), "code") === "ERR_INVALID_STATE";
}

/** Reads the time of a replayed event, in milliseconds since the epoch. */
export function readTimestamp(event: UnknownRecord): number | undefined {
  return finiteNumber(readProperty(event, "timestamp"));
}
