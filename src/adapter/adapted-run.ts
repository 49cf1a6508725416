/**
 * A run that is observed through the SDK's telemetry events (v7). The events have no abort signals, no model objects
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

/** An execution that has ended, but whose output an event will report later. */
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
   * The prompts and tool calls that run now. Set only if two adapters get the events of the run, or one adapter that is
   * registered twice. Then the hooks of both run, one inside the other. The inner hook finds its prompt or tool call in
   * the set, and starts no second span.
   */
  pendingSubjects: WeakSet<object> | undefined;
  /** The attempt of an object's model call. Only events report it, because it has no execute hook. */
  attempt: Attempt | undefined;
  /** The number of provider calls whose start an event has reported, but not their end. */
  pendingCalls = 0;
  /**
   * How the last model call failed, or how a tool was aborted. The execute hooks set it, because an event may lack the
   * error.
   */
  observedFailure: Outcome | undefined;
  /**
   * The last error after which the run went on. Either the stream of an earlier step had it, or a step has the finish
   * reason `error` and its model call has no error.
   */
  #survivedError: Outcome | undefined;
  /** By tool call id: executions that have ended, until an event reports their output. */
  #settled: Map<string, SettledExecution> | undefined;
  /** Removes the run from the table of calls when it ends. Set if the collection of the call is not observed. */
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
    // No event reports that somebody reads an object's stream. So only the idle deadline ends such a stream if its
    // events stop.
    const readingOfStream = operation.isTextStream ? "unobserved" : "observed";
    const reading = operation.request.settings.stream && readingOfStream;
    super({ ...opening, startedMs: momentOf(startedWallMs) }, { ...record, reading });
    this.#startedWallMs = startedWallMs;
    this.sdkOperation = operation;
    this.toolCalls.isModelObserved = true;
    this.lifetime?.startIdleDeadline();
  }

  /**
   * When an event took place. The time of a replayed event is counted from the start of the run.
   *
   * @param timestampMs milliseconds since the epoch
   * @returns monotonic milliseconds
   */
  momentOf(timestampMs: number | undefined): number | undefined {
    return timestampMs === undefined || this.#startedWallMs === undefined
      ? momentOf(timestampMs)
      : this.span.startedMs + timestampMs - this.#startedWallMs;
  }

  /** The abort with which the run ended. Before the end no abort is known, because no event has the signal. */
  override abortOutcome(): Outcome | undefined {
    return this.outcome && cutsRetries(this.outcome) ? this.outcome : undefined;
  }

  /**
   * For a text's stream the SDK reports an abort by an event. So an `AbortError` without that event is an error there.
   * For other operations it is an abort.
   */
  override outcomeOf(error: unknown): Outcome {
    const read = this.sdkOperation.isTextStream ? readFailure : readUnsignaledFailure;
    return this.abortOutcome() ?? read(error);
  }

  /**
   * An `AbortError` of a tool counts as an abort, because the tool fails before the SDK reports the abort of its run.
   */
  override outcomeOfTool(error: unknown): Outcome {
    return this.abortOutcome() ?? readUnsignaledFailure(error);
  }

  /**
   * The SDK does not report the abort of a stream that nobody reads. So an `AbortError` of the last model call counts
   * as the abort.
   */
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

  /** Called when an execution has ended, and an event will report its output. */
  awaitOutput(toolCallId: string, execution: Execution): void {
    (this.#settled ??= new Map()).set(toolCallId, { execution, endedMs: this.now() });
  }

  /** @param event the event that reports the end of a tool's execution */
  onToolOutput(event: UnknownRecord): void {
    const toolCallId = stringOf(readProperty(event.toolCall, "toolCallId")) ?? "";
    const settled = this.#settled?.get(toolCallId);
    this.#settled?.delete(toolCallId);
    settled?.execution.onValue(readProperty(event.toolOutput, "output"), settled.endedMs);
  }

  /**
   * Ends the run with the error of a model's stream, if there was one. The reader gets such an error, even if the SDK's
   * loop goes on after it.
   */
  override end(outcome: Outcome, endedMs?: number): void {
    for (const [, settled] of this.#settled ?? [])
      contain("end of a run", () => settled.execution.onValue(undefined, settled.endedMs));
    const error = this.lastAttempt?.reportedError ?? this.#survivedError;
    super.end(outcome.kind === "ok" && error ? error : outcome, endedMs);
  }

  /**
   * Called with a step, which names the model that answered. Before 7.0.106, a step of a stream always names the run's
   * model.
   */
  override onStepPart(step: UnknownRecord): void {
    const model = readModelIdentity(readProperty(step, "model"));
    const runModel = this.sdkOperation.request.model;
    const isRunModel = model.provider === runModel.provider && model.requestModel === runModel.requestModel;
    const { call, reportedError } = this.lastAttempt ?? {};
    call?.onReported?.(isRunModel ? undefined : model);
    super.onStepPart(step);
    // The SDK may reject an answer (`ToolChoiceViolationError`, 7.0.173). The events then report only this finish
    // reason.
    const isAnswerError = reportedError || this.failedCall || call?.response.finishReasons?.includes("error");
    if (readProperty(step, "finishReason") === "error" && !isAnswerError)
      this.#survivedError = failedWith(ERROR_TYPE_OTHER);
  }

  /** Called when the SDK no longer holds the call. So nothing can continue the call or read its result. */
  onCollected(): void {
    // The only reader has canceled the model's stream, and no retry followed.
    const failure = this.failedCall?.failure;
    if (failure?.kind === "canceled" && failure.cause === "consumer") this.end(failure);
    else if (this.lifetime) this.lifetime.endUnread();
    else this.end(ABANDONED);
  }

  override onAllEnded(): void {
    super.onAllEnded();
    this.removeFromCalls?.();
  }
}
