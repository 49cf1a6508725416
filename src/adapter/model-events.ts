/**
 * Model calls that the SDK tells of by events alone (objects, embeddings, reranking): nothing can run in their context,
 * and their retries are not seen.
 */
import { contain } from "../containment.ts";
import { readModelIdentity } from "../readers/model-call.ts";
import { asRecord, readProperty, type UnknownRecord } from "../readers/structure.ts";
import { addObjectAnswer } from "../readers/telemetry-event.ts";
import type { Outcome } from "../semconv/records.ts";
import type { AdaptedRun } from "./adapted-run.ts";

export function startObject(run: AdaptedRun): void {
  run.attempt = run.startAttempt(run.sdkOperation.request);
}

export function endObject(run: AdaptedRun, event: UnknownRecord): void {
  const call = run.attempt?.call;
  if (!call) return;
  contain("answer", () => addObjectAnswer(call.response, event, run.sdkOperation));
  call.succeed();
  call.onReported?.(readModelIdentity(event));
}

/** The model call failed, if it was not answered: with something that is no object, which its error tells. */
export function failObject(run: AdaptedRun, event: UnknownRecord, outcome: Outcome): void {
  const error = asRecord(readProperty(event, "error"));
  if (error && readProperty(error, "name") === "AI_NoObjectGeneratedError") endObject(run, error);
  else run.attempt?.call.fail(outcome);
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
