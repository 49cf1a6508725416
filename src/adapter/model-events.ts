/**
 * Model calls that the SDK reports only by events: those of objects, embeddings and reranking. No work can run in their
 * context, and no event reports their retries.
 */
import { contain } from "../foundation/containment.ts";
import { readModelIdentity } from "../readers/model-call.ts";
import { asRecord, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { addObjectAnswer } from "../readers/telemetry-event.ts";
import type { Outcome } from "../semconv/records.ts";
import type { AdaptedRun } from "./adapted-run.ts";

/** Called when the model call of an object begins. */
export function startObject(run: AdaptedRun): void {
  run.attempt = run.startAttempt(run.sdkOperation.request);
}

/** Called when the model call of an object was answered. */
export function endObject(run: AdaptedRun, event: UnknownRecord): void {
  addAnswer(run, event);
  // A stream with an error part reports this finish reason. The event of the run's end has the error.
  if (readProperty(event, "finishReason") !== "error") succeed(run, event);
}

function addAnswer({ attempt, sdkOperation }: AdaptedRun, event: UnknownRecord): void {
  if (attempt) contain("answer", () => addObjectAnswer(attempt.call.response, event, sdkOperation));
}

function succeed({ attempt }: AdaptedRun, event: UnknownRecord): void {
  attempt?.call.succeed();
  attempt?.call.onReported?.(readModelIdentity(event));
}

/**
 * Called at the end of the run. Ends the model call of an object. `AI_NoObjectGeneratedError` has the model's answer,
 * so the model call has succeeded.
 */
export function endObjectRun(run: AdaptedRun, event: UnknownRecord, outcome: Outcome): void {
  const error = asRecord(readProperty(event, "error"));
  const call = run.attempt?.call;
  if (error && readProperty(error, "name") === "AI_NoObjectGeneratedError") {
    addAnswer(run, error);
    succeed(run, error);
  } else if (outcome.kind === "ok") succeed(run, event);
  else if (call) {
    // Without token counts, the finish reason is not the provider's. The SDK sets it when an error occurs.
    if (call.response.outputTokens === undefined) call.response.finishReasons = undefined;
    call.fail(outcome);
  }
}

/** Called when a provider call begins, the first one or a repetition. */
export function startAttempt(run: AdaptedRun): void {
  run.pendingCalls += 1;
}

/** Called when a provider call was answered. */
export function endProviderCall(run: AdaptedRun, event: UnknownRecord): void {
  run.pendingCalls -= 1;
  const model = readModelIdentity(event);
  run.startAttempt({ ...run.sdkOperation.request, readModel: () => model })?.onValue(event);
}

/**
 * Counts the retries at the end of the operation. Each provider call without an answer has failed, and each failed call
 * was repeated. Only the last call of a failed operation was not. If parallel calls fail, the others may still be
 * running, and no event distinguishes them. So a failed parallel operation has no count.
 */
export function endAttempts(run: AdaptedRun, isFailed: boolean): void {
  const repeated = run.pendingCalls - Number(isFailed);
  if (repeated > 0 && !(isFailed && run.sdkOperation.isParallel)) run.span.response.retryCount = repeated;
}
