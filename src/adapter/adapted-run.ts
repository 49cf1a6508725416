/**
 * A run as the AI SDK's own telemetry shows it: by events, without its signals, its model objects or its result.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readFailure, readUnsignaledFailure } from "../readers/failure.ts";
import { readModelIdentity } from "../readers/model-call.ts";
import { readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import type { OperationFacts } from "../readers/telemetry-event.ts";
import type { Execution } from "../runs/execution.ts";
import { ObservedRun, type Attempt } from "../runs/observed-run.ts";
import { ERROR_TYPE_OTHER } from "../semconv/attributes.ts";
import { ABANDONED, ABORTED, cutsRetries, failedWith } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import type { RunFacts } from "../spans/agent-run.ts";
import { monotonicAt } from "../foundation/clock.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { SpanStart } from "../spans/tracing.ts";

function momentOf(timestampMs: number | undefined): number | undefined {
  return timestampMs === undefined ? undefined : monotonicAt(timestampMs);
}

interface SettledExecution {
  readonly execution: Execution;
  readonly endedMs: number;
}

export class AdaptedRun extends ObservedRun {
  readonly isReported = true;
  readonly sdkOperation: OperationFacts;
  /** When a replayed run began; milliseconds since the epoch. */
  readonly #startedWallMs: number | undefined;
  /**
   * Where two adapters, or one registered twice, hear of the run: what is being worked on, as the events have it. An
   * execute hook inside is the other's.
   */
  underWay: WeakSet<object> | undefined;
  /** The model call of an object, which is told of by events. */
  attempt: Attempt | undefined;
  /** Calls of a provider that were not answered, as far as events tell. */
  pendingCalls = 0;
  /** How the last model call was refused, or a tool aborted: the events may say less. */
  cause: Outcome | undefined;
  /** The last error of an earlier step's stream, or of a step whose model call has none. */
  #survivedError: Outcome | undefined;
  /** Executions that have settled, by the ids of their calls, until an event has what they gave. */
  #settled: Map<string, SettledExecution> | undefined;
  /** Set where nothing tells that the call is gone: the run must be removed at its end. */
  onRelease: (() => void) | undefined;

  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    facts: RunFacts,
    operation: OperationFacts,
    startedWallMs?: number,
  ) {
    // Of an object's stream it is not known when it is read: only how long nothing was heard of it.
    const seen = operation.isFlowing ? "unseen" : "watched";
    const reading = operation.request.settings.stream && seen;
    super(span, parent, start, { ...facts, reading }, momentOf(startedWallMs));
    this.#startedWallMs = startedWallMs;
    this.sdkOperation = operation;
    this.toolCalls.isModelObserved = true;
    this.lifetime?.watchIdle();
  }

  /**
   * When a replayed event took place, by the run's own clock.
   *
   * @param timestampMs milliseconds since the epoch
   */
  momentOf(timestampMs: number | undefined): number | undefined {
    return timestampMs === undefined || this.#startedWallMs === undefined
      ? momentOf(timestampMs)
      : this.startedMs + timestampMs - this.#startedWallMs;
  }

  /** An abort is known from the end of the run alone: no event has the signal. */
  override abortOutcome(): Outcome | undefined {
    return this.outcome && cutsRetries(this.outcome) ? this.outcome : undefined;
  }

  /** No event has the signals. Only of a text's stream the SDK reports an abort, so an `AbortError` is an error there. */
  override outcomeOf(error: unknown): Outcome {
    const read = this.sdkOperation.isFlowing ? readFailure : readUnsignaledFailure;
    return this.abortOutcome() ?? read(error);
  }

  /** A tool fails before its run reports the abort. */
  override outcomeOfTool(error: unknown): Outcome {
    return this.abortOutcome() ?? readUnsignaledFailure(error);
  }

  /** The abort of a stream that nobody reads is not reported. */
  override unreadOutcome(): Outcome | undefined {
    const failure = this.failedCall?.failure;
    const isAborted = failure?.kind === "error" && failure.errorType === "AbortError";
    return isAborted ? ABORTED : super.unreadOutcome();
  }

  override startAttempt(...call: Parameters<ObservedRun["startAttempt"]>): Attempt | undefined {
    const last = this.lastAttempt;
    const attempt = super.startAttempt(...call);
    if (last?.reportedError && attempt?.call !== last.call) this.#survivedError = last.reportedError;
    return attempt;
  }

  awaitOutput(toolCallId: string, execution: Execution): void {
    (this.#settled ??= new Map()).set(toolCallId, { execution, endedMs: this.now() });
  }

  /** @param event of a tool's execution that has ended */
  onToolOutput(event: UnknownRecord): void {
    const toolCallId = stringOf(readProperty(event.toolCall, "toolCallId")) ?? "";
    const settled = this.#settled?.get(toolCallId);
    this.#settled?.delete(toolCallId);
    settled?.execution.onValue(readProperty(event.toolOutput, "output"), settled.endedMs);
  }

  /** An error in a model's stream that the SDK does not handle by a retry reaches the reader, also where the loop goes on. */
  override end(outcome: Outcome, endedMs?: number): void {
    for (const [, settled] of this.#settled ?? [])
      contain("end of a run", () => settled.execution.onValue(undefined, settled.endedMs));
    const error = this.lastAttempt?.reportedError ?? this.#survivedError;
    super.end(outcome.kind === "ok" && error ? error : outcome, endedMs);
  }

  /** A step names the model that answered. Before 7.0.106 a stream's step names the run's, whichever model is called. */
  override onStepPart(step: UnknownRecord): void {
    const model = readModelIdentity(readProperty(step, "model"));
    const ofRun = this.sdkOperation.request.model;
    const isOfRun = model.provider === ofRun.provider && model.requestModel === ofRun.requestModel;
    const { call, reportedError } = this.lastAttempt ?? {};
    call?.onReported?.(isOfRun ? undefined : model);
    super.onStepPart(step);
    // The SDK's own error about an answer (`ToolChoiceViolationError`, 7.0.173): this reason is all that events have of it.
    const isAnswerError = reportedError || this.failedCall || call?.response.finishReasons?.includes("error");
    if (readProperty(step, "finishReason") === "error" && !isAnswerError)
      this.#survivedError = failedWith(ERROR_TYPE_OTHER);
  }

  /** Nobody can go on with the call, or read its result. */
  onCollected(): void {
    // A single reader that leaves takes the model's stream with it; without a retry that was all.
    const failure = this.failedCall?.failure;
    if (failure?.kind === "canceled" && failure.cause === "consumer") this.end(failure);
    else if (this.lifetime) this.lifetime.endUnread();
    else this.end(ABANDONED);
  }

  protected override release(): void {
    super.release();
    this.onRelease?.();
  }
}
