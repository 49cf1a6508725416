/**
 * Events of the AI SDK's own telemetry (v7, `telemetry/telemetry.ts`). Reads ids, settings and the class of an error,
 * never messages, tools, arguments, results or headers.
 */
import { ERROR_TYPE_OTHER, type OutputType } from "../semconv/attributes.ts";
import { ABORTED, TIMED_OUT } from "../semconv/outcome.ts";
import type { ModelRequest, Outcome } from "../semconv/records.ts";
import { readFailure } from "./failure.ts";
import { asRecord, finiteNumber, isString, type UnknownRecord } from "./guards.ts";
import { readModelRequest } from "./model-call.ts";

/** What a run's own start says of all its model calls: their events do not. */
export interface OperationFacts {
  readonly isStream: boolean;
  readonly outputType: OutputType | undefined;
}

/** Absent for an operation that is no agent run, and for one that this version does not know. */
export function readOperation(event: UnknownRecord): OperationFacts | undefined {
  const operation = /^ai\.(generate|stream)Text$/.exec(String(event.operationId));
  // An output knows its kind by name; the caller's switch for inputs may keep it from us.
  const output = asRecord(event.output)?.name;
  if (!operation) return undefined;
  return {
    isStream: operation[1] === "stream",
    outputType: isString(output) && output !== "text" ? "json" : undefined,
  };
}

export function readEventRequest(event: unknown, { isStream, outputType }: OperationFacts): ModelRequest {
  return { ...readModelRequest(event, event, isStream), outputType };
}

/** The reason of an abort: a deadline has a name of its own. */
export function readAbortEvent(event: UnknownRecord): Outcome {
  return asRecord(event.reason)?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
}

/**
 * The failure an event tells of.
 *
 * @param cause what is known of it from elsewhere: switches that keep inputs or outputs from telemetry put an error of
 *   the SDK's own in place of the true one (`filter-telemetry-event.ts`)
 */
export function readErrorEvent(event: UnknownRecord, cause: Outcome | undefined): Outcome {
  const isHidden = event.recordInputs === false || event.recordOutputs === false;
  return isHidden ? (cause ?? { errorType: ERROR_TYPE_OTHER }) : readFailure(event.error);
}

/**
 * Whether the SDK tells of its own stumble over a reader that left: a part comes after its stream was cancelled (a
 * result with a single reader; the code is Node's).
 */
export function isLeftReader({ error }: UnknownRecord): boolean {
  return asRecord(error)?.code === "ERR_INVALID_STATE";
}

/** When a replayed event took place; milliseconds since the epoch. */
export function readTimestamp(event: UnknownRecord): number | undefined {
  return finiteNumber(event.timestamp);
}
