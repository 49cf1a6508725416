/**
 * Events of the AI SDK's own telemetry (v7, `telemetry/telemetry.ts`). Reads ids, settings, counts and the class of an
 * error, never messages, tools, arguments, results or headers.
 */
import { ERROR_TYPE_OTHER, type Operation, type OutputType } from "../semconv/attributes.ts";
import type { ModelRequest, ModelResponse, Outcome } from "../semconv/records.ts";
import { ABORTED, failedWith } from "../semconv/outcome.ts";
import { readFailure, readUnsignaledFailure } from "./failure.ts";
import { addStepAnswer } from "./step.ts";
import { finiteNumber, isString, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { readModelIdentity, readModelRequest } from "./model-call.ts";

/** What the start of an operation says of it, and so of all its model calls. */
export interface OperationFacts {
  readonly operation: Operation;
  /** The SDK's function. */
  readonly sdkOperation: string;
  readonly request: ModelRequest;
  /** A text's stream. Its flow from the model shows whether it is read, and an event reports its abort. */
  readonly isFlowing: boolean;
  /** Whether it calls its provider several times at once. */
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

/** Absent for an operation that this version does not know. */
export function readOperation(event: UnknownRecord): OperationFacts | undefined {
  const operationId = readProperty(event, "operationId");
  const known = OPERATIONS.get(operationId);
  if (!known) return undefined;
  const [operation, outputType] = known;
  const isText = operationId === "ai.streamText";
  const isStream = isText || operationId === "ai.streamObject";
  // The model calls of a text operation tell their own settings, as their step left them.
  const request: ModelRequest =
    isText || operationId === "ai.generateText"
      ? { model: readModelIdentity(event), settings: { stream: isStream || undefined } }
      : readModelRequest(event, event, isStream);
  // An output of a text call knows its kind by name; the caller's switch for inputs may keep it from us.
  const name = operation === "invoke_agent" ? readProperty(readProperty(event, "output"), "name") : undefined;
  request.settings.outputType = outputType ?? (isString(name) && name !== "text" ? "json" : undefined);
  const sdkOperation = String(operationId).replace(/^ai\./, "");
  return { operation, sdkOperation, request, isFlowing: isText, isParallel: operationId === "ai.embedMany" };
}

/** A model call of a text operation: its settings are those of its step. */
export function readEventRequest(event: UnknownRecord, { request }: OperationFacts): ModelRequest {
  const own = readModelRequest(event, event, request.settings.stream === true);
  own.settings.outputType = request.settings.outputType;
  return own;
}

/** The answer to an object's model call. */
export function addObjectAnswer(
  response: ModelResponse,
  event: UnknownRecord,
  { request }: OperationFacts,
): void {
  addStepAnswer(response, event, request.model.requestModel);
}

/** They keep inputs or outputs from telemetry. */
const SWITCHES = ["recordInputs", "recordOutputs"] as const;

/**
 * The failure an event tells of.
 *
 * @param cause what is known of it from elsewhere: switches that keep inputs or outputs from telemetry put an error of
 *   the SDK's own in place of the true one (`filter-telemetry-event.ts`)
 */
export function readErrorEvent(
  event: UnknownRecord,
  cause: Outcome | undefined,
  operation: OperationFacts,
): Outcome {
  const error = readProperty(event, "error");
  const isHidden = error === undefined || SWITCHES.some((name) => readProperty(event, name) === false);
  return isHidden ? (cause ?? failedWith(ERROR_TYPE_OTHER)) : readRejection(error, operation);
}

/**
 * What a call of a provider was rejected with. A promise's abort is in no event, but `fetch` rejects with the reason of
 * the abort. A reason may be a text: `@hono/node-server` aborts with one when a client leaves. Providers reject with
 * errors. Streams have an event for aborts, `onAbort`.
 */
export function readRejection(error: unknown, operation: OperationFacts): Outcome {
  // The event `onAbort` reports the abort of a text's stream: without it, an `AbortError` is an error.
  if (operation.isFlowing) return readFailure(error);
  return isString(error) && !operation.request.settings.stream ? ABORTED : readUnsignaledFailure(error);
}

/**
 * Whether a stream was in no state for what was done with it; the code is Node's. While parts of a result come, it is the
 * SDK's own failure to enqueue a part after the only reader has left (`experimental_streamTextLowMemory`, 7.0.173).
 */
export function isClosedStream(event: UnknownRecord): boolean {
  return readProperty(readProperty(event, "error"), "code") === "ERR_INVALID_STATE";
}

/** When a replayed event took place; milliseconds since the epoch. */
export function readTimestamp(event: UnknownRecord): number | undefined {
  return finiteNumber(readProperty(event, "timestamp"));
}
