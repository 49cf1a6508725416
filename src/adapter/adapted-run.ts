/**
 * A run that is observed through the events of the SDK's telemetry (v7). The events have no abort signals, no model objects
 * and no result.
 */
import { contain } from "../foundation/containment.ts";
import { readFailure, readUnsignaledFailure } from "../readers/failure.ts";
import { readModelIdentity } from "../readers/model-call.ts";
import { readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import type { OperationRecord } from "../readers/telemetry-event.ts";
import type { Execution } from "../runs/execution.ts";
import { Run, type Attempt } from "../runs/run.ts";
import { ERROR_TYPE_OTHER } from "../semconv/attributes.ts";
import { ABANDONED, ABORTED, cutsRetries, failedWith } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import type { RunRecord } from "../spans/run-span.ts";
import { monotonicAt } from "../foundation/clock.ts";
import type { Opening } from "../spans/open-span.ts";

/**
 * @param timestampMs milliseconds since the epoch
 * @returns monotonic milliseconds
 */
function momentOf(timestampMs: number | undefined): number | undefined {
  return timestampMs === undefined ? undefined : monotonicAt(timestampMs);
}

/** An execution whose output an event has still to report. */
interface SettledExecution {
  readonly execution: Execution;
  readonly endedMs: number;
}

export class AdaptedRun extends Run {
  override readonly isReported = true;
  readonly sdkOperation: OperationRecord;
  /** When a replayed run began; milliseconds since the epoch. `undefined` for a run that is not replayed. */
  readonly #startedWallMs: number | undefined;
  /**
   * The prompts and tool calls that run now. `undefined` unless two adapters, or one that is registered twice, get the
   * events of the run. The hooks of both then run, one inside the other. The inner hook finds its prompt or tool call here
   * and starts no second span.
   */
  pendingSubjects: WeakSet<object> | undefined;
  /** The attempt of an object's model call, which events report without an execute hook. */
  attempt: Attempt | undefined;
  /** The number of provider calls that events have started and not ended. */
  pendingCalls = 0;
  /** How the last model call failed, or a tool was aborted. The events may have fewer facts. */
  cause: Outcome | undefined;
  /** The last error of an earlier step's stream, or of a step whose model call has no error. */
  #survivedError: Outcome | undefined;
  /** Settled executions, by tool call id, until an event reports their output. */
  #settled: Map<string, SettledExecution> | undefined;
  /** Removes the call at the end of the run. Set where the collection of the call is not observed. */
  removeFromCalls: (() => void) | undefined;

  /** @param startedWallMs when a replayed run began; milliseconds since the epoch */
  constructor(
    opening: Opening,
    record: RunRecord,
    {
      operation,
      startedWallMs,
    }: { readonly operation: OperationRecord; readonly startedWallMs?: number | undefined },
  ) {
    // No event reports when an object's stream is read. Only the idle deadline ends a stream without events.
    const readingOfStream = operation.isTextStream ? "unobserved" : "observed";
    const reading = operation.request.settings.stream && readingOfStream;
    super({ ...opening, startedMs: momentOf(startedWallMs) }, { ...record, reading });
    this.#startedWallMs = startedWallMs;
    this.sdkOperation = operation;
    this.toolCalls.isModelObserved = true;
    this.lifetime?.startIdleDeadline();
  }

  /**
   * When an event took place. A replayed event is placed relative to the start of the run.
   *
   * @param timestampMs milliseconds since the epoch
   * @returns monotonic milliseconds
   */
  momentOf(timestampMs: number | undefined): number | undefined {
    return timestampMs === undefined || this.#startedWallMs === undefined
      ? momentOf(timestampMs)
      : this.span.startedMs + timestampMs - this.#startedWallMs;
  }

  /** Only the end of the run shows an abort, because no event has the signal. */
  override abortOutcome(): Outcome | undefined {
    return this.outcome && cutsRetries(this.outcome) ? this.outcome : undefined;
  }

  /** The SDK reports the abort of a text's stream, so there an `AbortError` alone is an error. Elsewhere it is an abort. */
  override outcomeOf(error: unknown): Outcome {
    const read = this.sdkOperation.isTextStream ? readFailure : readUnsignaledFailure;
    return this.abortOutcome() ?? read(error);
  }

  /** A tool fails before the SDK reports the abort of its run. */
  override outcomeOfTool(error: unknown): Outcome {
    return this.abortOutcome() ?? readUnsignaledFailure(error);
  }

  /** The SDK does not report the abort of a stream that nobody reads, so an `AbortError` shows it. */
  override unreadOutcome(): Outcome | undefined {
    const failure = this.failedCall?.failure;
    const isAborted = failure?.kind === "error" && failure.errorType === "AbortError";
    return isAborted ? ABORTED : super.unreadOutcome();
  }

  override startAttempt(...call: Parameters<Run["startAttempt"]>): Attempt | undefined {
    const last = this.lastAttempt;
    const attempt = super.startAttempt(...call);
    if (last?.reportedError && attempt?.call !== last.call) this.#survivedError = last.reportedError;
    return attempt;
  }

  /** Waits for the event with the output of a settled execution. */
  awaitOutput(toolCallId: string, execution: Execution): void {
    (this.#settled ??= new Map()).set(toolCallId, { execution, endedMs: this.now() });
  }

  /** @param event reports the end of a tool's execution */
  onToolOutput(event: UnknownRecord): void {
    const toolCallId = stringOf(readProperty(event.toolCall, "toolCallId")) ?? "";
    const settled = this.#settled?.get(toolCallId);
    this.#settled?.delete(toolCallId);
    settled?.execution.onValue(readProperty(event.toolOutput, "output"), settled.endedMs);
  }

  /** An error in a model's stream that the SDK does not retry reaches the reader, even when the loop goes on. */
  override end(outcome: Outcome, endedMs?: number): void {
    for (const [, settled] of this.#settled ?? [])
      contain("end of a run", () => settled.execution.onValue(undefined, settled.endedMs));
    const error = this.lastAttempt?.reportedError ?? this.#survivedError;
    super.end(outcome.kind === "ok" && error ? error : outcome, endedMs);
  }

  /** A step names the model that answered. Before 7.0.106 a stream's step always names the run's model. */
  override onStepPart(step: UnknownRecord): void {
    const model = readModelIdentity(readProperty(step, "model"));
    const runModel = this.sdkOperation.request.model;
    const isRunModel = model.provider === runModel.provider && model.requestModel === runModel.requestModel;
    const { call, reportedError } = this.lastAttempt ?? {};
    call?.onReported?.(isRunModel ? undefined : model);
    super.onStepPart(step);
    // The SDK may reject an answer (`ToolChoiceViolationError`, 7.0.173). The events then have only this finish reason.
    const isAnswerError = reportedError || this.failedCall || call?.response.finishReasons?.includes("error");
    if (readProperty(step, "finishReason") === "error" && !isAnswerError)
      this.#survivedError = failedWith(ERROR_TYPE_OTHER);
  }

  /** The SDK has dropped the call, so nobody can continue it or read its result. */
  onCollected(): void {
    // The only reader has canceled the model's stream, and no retry followed.
    const failure = this.failedCall?.failure;
    if (failure?.kind === "canceled" && failure.cause === "consumer") this.end(failure);
    else if (this.lifetime) this.lifetime.endUnread();
    else this.end(ABANDONED);
  }

  override onRest(): void {
    super.onRest();
    this.removeFromCalls?.();
  }
}
