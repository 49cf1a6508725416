/**
 * Model calls that the SDK tells of by events alone (objects, embeddings, reranking): nothing can run in their context,
 * and their retries are not seen.
 */
import { contain } from "../foundation/containment.ts";
import { readModelIdentity } from "../readers/model-call.ts";
import { asRecord, readProperty, type UnknownRecord } from "../foundation/structure.ts";
import { addObjectAnswer } from "../readers/telemetry-event.ts";
import type { Outcome } from "../semconv/records.ts";
import type { AdaptedRun } from "./adapted-run.ts";

export function startObject(run: AdaptedRun): void {
  run.attempt = run.startAttempt(run.sdkOperation.request);
}

export function endObject(run: AdaptedRun, event: UnknownRecord): void {
  addAnswer(run, event);
  // The step of a stream with an error part has this reason. The error itself is in the event of the run's end.
  if (readProperty(event, "finishReason") !== "error") succeed(run, event);
}

function addAnswer({ attempt, sdkOperation }: AdaptedRun, event: UnknownRecord): void {
  if (attempt) contain("answer", () => addObjectAnswer(attempt.call.response, event, sdkOperation));
}

function succeed({ attempt }: AdaptedRun, event: UnknownRecord): void {
  attempt?.call.succeed();
  attempt?.call.onReported?.(readModelIdentity(event));
}

/** The run is over. Its model call succeeded if the answer is what could not be used: that error carries the answer. */
export function endObjectRun(run: AdaptedRun, event: UnknownRecord, outcome: Outcome): void {
  const error = asRecord(readProperty(event, "error"));
  const call = run.attempt?.call;
  if (error && readProperty(error, "name") === "AI_NoObjectGeneratedError") {
    addAnswer(run, error);
    succeed(run, error);
  } else if (outcome.kind === "ok") succeed(run, event);
  else if (call) {
    // Without counts the provider gave no finish reason: this one is the SDK's word for the error.
    if (call.response.outputTokens === undefined) call.response.finishReasons = undefined;
    call.fail(outcome);
  }
}

/** A provider is called, for the first time or again. */
export function startAnswer(run: AdaptedRun): void {
  run.pendingCalls += 1;
}

/** One call of a provider was answered. */
export function answer(run: AdaptedRun, event: UnknownRecord): void {
  run.pendingCalls -= 1;
  const model = readModelIdentity(event);
  run.startAttempt({ ...run.sdkOperation.request, readModel: () => model })?.onValue(event);
}

/**
 * The operation is over: calls that were never answered failed, and all but the last of a failed operation were repeated.
 * Where some ran at once, that last one is not to be told from those that were still on their way.
 */
export function endAnswers(run: AdaptedRun, isFailed: boolean): void {
  const repeated = run.pendingCalls - Number(isFailed);
  if (repeated > 0 && !(isFailed && run.sdkOperation.isParallel)) run.response.retryCount = repeated;
}
