/**
 * A run: its span, the signals that may stop it, the lifetime of its result, and its tool calls. Both the wrapper and
 * the adapter use it. It holds no value of the caller, and it holds the signals by weak references.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readAbort, readFailure, readUnsignaledFailure } from "../readers/failure.ts";
import { addStepAnswer } from "../readers/step.ts";
import { readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { OK } from "../semconv/outcome.ts";
import type { ModelRequest, Outcome } from "../semconv/records.ts";
import { RunSpan, type RunRecord, type SpanOwner } from "../spans/run-span.ts";
import { monotonicMs } from "../foundation/clock.ts";
import type { ModelCall } from "../spans/model-call.ts";
import type { Opening } from "../spans/open-span.ts";
import type { OperationAttempt } from "../spans/operation-attempts.ts";
import { ModelAttempt, type AttemptOwner } from "../streams/model-attempt.ts";
import { ResultLifetime, type Flow, type ResultOwner } from "../streams/result-lifetime.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";
import { observeAbort, stopObservingAbort, type AbortObserver } from "./abort-observer.ts";
import { Execution } from "./execution.ts";
import type { ToolCallReport } from "../readers/tool-call.ts";
import { ToolCalls } from "./tool-calls.ts";

/**
 * How ai-spans finds out that nobody reads a streamed result.
 * - `observed`: it observes the readers. Used also for a streamed object in the v7 adapter, which gets only callbacks.
 * - `unobserved`: it observes the model's stream. If no part of that stream was taken for a while, nobody reads.
 */
export type Reading = "observed" | "unobserved";

export interface RunStartRecord extends RunRecord {
  /** `undefined` if the result is a promise. */
  readonly reading: Reading | undefined;
}

/** One attempt of a model call. */
export type Attempt = ModelAttempt<ModelCall | OperationAttempt>;

/** Whether the signal's `aborted` can be read. The `aborted` of a program's signal class may throw or be missing. */
function isReadable(reference: Reference<AbortSignal>): boolean {
  return typeof readProperty(reference.deref(), "aborted") === "boolean";
}

export class Run implements ResultOwner, AbortObserver, SpanOwner, AttemptOwner {
  readonly span: RunSpan;
  readonly toolCalls: ToolCalls;
  readonly isReported: boolean = false;
  readonly now = monotonicMs;
  readonly idleDeadlineMs: number;
  protected lifetime: ResultLifetime | undefined;
  #reading: Reading | undefined;
  #hasCallId: boolean;
  /**
   * Whether only callbacks report that the result was read to the end. It is true when the result's streams cannot be
   * observed.
   */
  endsByCallback = false;
  /**
   * Weak references, because a listener of a signal may hold the result. Strong ones would prevent the result's
   * collection.
   */
  readonly #signals: Reference<AbortSignal>[] = [];
  /** The attempt that began last. */
  protected lastAttempt: Attempt | undefined;
  /** The runs whose result is the result of this run. They end when this run ends. */
  #outer: Run[] | undefined;
  endsAtFinish = false;
  /** Whether the SDK has the whole result. After that, only callbacks of the program can run. */
  #isFinished = false;
  /** The number of parts of the model's stream at the last check. */
  #partsAtLastCheck = 0;

  constructor(opening: Opening, record: RunStartRecord) {
    this.idleDeadlineMs = opening.parent.tracing.options.idleDeadlineMs;
    this.span = new RunSpan(opening, record, this);
    this.toolCalls = new ToolCalls(this.span);
    this.#reading = record.reading;
    this.#hasCallId = record.sdkCall?.sdkCallId !== undefined;
    if (record.reading) this.lifetime = new ResultLifetime(this);
  }

  /** A context in which the run's span is active. */
  get context(): Context {
    return this.span.context;
  }

  get ended(): boolean {
    return this.span.ended;
  }

  get outcome(): Outcome | undefined {
    return this.span.outcome;
  }

  get failedCall(): ModelCall | undefined {
    return this.span.failedCall;
  }

  /**
   * The idle deadline of a result without a reader. It is halved if readers are not observed, because then two checks
   * without a new part are needed.
   */
  get unreadDeadlineMs(): number {
    const { idleDeadlineMs, unreadDeadlineMs } = this.span.tracing.options;
    if (unreadDeadlineMs >= idleDeadlineMs) return idleDeadlineMs;
    return this.#reading === "observed" ? unreadDeadlineMs : unreadDeadlineMs / 2;
  }

  /** Starts an attempt of a model call. Does not hold the call's options, because they hold the prompt. */
  startAttempt(request: ModelRequest, signal?: AbortSignal): Attempt | undefined {
    this.observeSignal(signal);
    this.#onActivity();
    const call = this.span.startModelCall(request);
    if (call && this.lastAttempt?.call === call) this.toolCalls.onRepeatedCall();
    this.lastAttempt = call && new ModelAttempt(call, this, request);
    this.#partsAtLastCheck = 0;
    return this.lastAttempt;
  }

  /** Whether each part that carries output is reported. Only metrics need the times of all parts. */
  get notifiesEachOutput(): boolean {
    return this.span.instruments !== undefined;
  }

  /** Called when the provider reports the call, or the result, of a tool that it executes. */
  onProviderTool(toolCall: ToolCallReport): void {
    this.toolCalls.onProviderTool(toolCall);
  }

  /** Starts the execution of a tool. */
  startExecution(
    toolName: string,
    toolCallId: string | undefined,
    signal?: AbortSignal,
  ): Execution | undefined {
    this.#onActivity();
    const call = this.span.startToolCall(this.toolCalls.describe(toolName, toolCallId));
    return call && new Execution(call, (error) => readAbort(signal) ?? this.outcomeOfTool(error));
  }

  /** @returns the `execute` function of the run's tool with this name */
  executeOf(toolName: string): unknown {
    return this.toolCalls.executeOf(toolName);
  }

  /**
   * Observes a signal of the run. The signal is the caller's, or the SDK's if the SDK adds a timeout. The run ends when
   * one of its signals fires, even if a tool or a provider never answers.
   */
  observeSignal(signal: AbortSignal | undefined): void {
    if (!signal || this.#signals.some((known) => known.deref() === signal)) return;
    this.#signals.push(referenceTo(signal));
    if (!readAbort(signal) && !this.ended) observeAbort(signal, this);
  }

  /**
   * Ends the run if a signal's `aborted` is true, which is the property that the SDK reads too. After the last part an
   * abort does not end the run: a program may abort to clean up while its `onFinish` still runs.
   */
  onAbort(): void {
    if (this.#isFinished || this.lifetime?.isFinished()) return;
    // The result is a promise, and no work is open. So a callback of the program runs, and the SDK may still return the
    // result.
    if (!this.lifetime && !this.span.isBusy && this.span.modelCalls > 0) return;
    const outcome = this.abortOutcome();
    if (outcome) this.end(outcome);
  }

  /**
   * Called when the SDK has the whole result of a promise. The SDK then runs the program's callbacks and returns the
   * result.
   */
  onWholeResult(): void {
    this.#isFinished = true;
  }

  abortOutcome(): Outcome | undefined {
    for (const signal of this.#signals) {
      const outcome = readAbort(signal.deref());
      if (outcome) return outcome;
    }
    return undefined;
  }

  outcomeOf(error: unknown): Outcome {
    const read = this.#signals.every(isReadable) ? readFailure : readUnsignaledFailure;
    return this.abortOutcome() ?? read(error);
  }

  /** @returns the outcome of a tool that failed with this error */
  outcomeOfTool(error: unknown): Outcome {
    return this.outcomeOf(error);
  }

  flow(): Flow {
    const { partCount = 0, backpressured = false } = this.lastAttempt ?? {};
    const hasMoved = partCount !== this.#partsAtLastCheck;
    this.#partsAtLastCheck = partCount;
    if (this.#reading !== "unobserved") return undefined;
    if (hasMoved) return "taken";
    // A model call may stay open after its answer until its step is over. During that time the SDK waits for a reader.
    return this.span.hasOpenSpan && this.span.isBusy && !backpressured ? "awaited" : undefined;
  }

  isStalled(): boolean {
    return this.span.isBusy && this.lastAttempt?.backpressured === true;
  }

  /** Whether more parts of the result may come: a model's answer has begun, or a tool runs after the answer. */
  isReceivingParts(): boolean {
    return this.span.isBusy && this.lastAttempt !== undefined && this.lastAttempt.partCount > 0;
  }

  onUnobserved(): void {
    this.#reading = "unobserved";
    this.endsByCallback = true;
  }

  /**
   * @returns `OK` in two cases, otherwise `undefined`:
   * - The last model call failed. The end of the run then uses the outcome of that call.
   * - No reader is observed, and all work has ended. So somebody has read the result until then.
   */
  unreadOutcome(): Outcome | undefined {
    return this.failedCall || (this.endsByCallback && !this.span.isBusy && this.span.modelCalls > 0)
      ? OK
      : undefined;
  }

  /**
   * Starts the idle deadline when work begins. So the work's span ends even if nobody reads the result, or the run has
   * ended.
   */
  #onActivity(): void {
    if (this.ended) this.lifetime ??= new ResultLifetime(this);
    this.lifetime?.startIdleDeadline();
  }

  /**
   * Ends the run and all open spans under it. A later call only ends spans that were opened after the first.
   *
   * @param endedMs when the work ended; monotonic milliseconds; default: now
   */
  end(outcome: Outcome, endedMs?: number): void {
    if (!this.ended) contain("tool calls", () => this.toolCalls.onEnd(outcome, endedMs));
    this.span.end(outcome, endedMs);
    const outer = this.#outer;
    this.#outer = undefined;
    for (const run of outer ?? []) contain("end of a run", () => run.end(this.outcome ?? outcome, endedMs));
  }

  /**
   * Ends this run when the inner run ends, because this run returns the inner run's result. The inner run observes the
   * readers.
   */
  protected endWith(inner: Run): void {
    this.lifetime?.stopObserving();
    if (inner.outcome) this.end(inner.outcome);
    else (inner.#outer ??= []).push(this);
  }

  onAllEnded(): void {
    this.lifetime?.stopObserving();
    for (const signal of this.#signals) stopObservingAbort(signal.deref(), this);
  }

  /** Records the SDK's id of the call, if it was not recorded before. */
  protected setCallId(callId: unknown): void {
    const sdkCallId = stringOf(callId);
    if (!sdkCallId || this.ended || this.#hasCallId) return;
    this.#hasCallId = true;
    this.span.set({ sdkCallId });
  }

  /**
   * Called when a step is over. A callback and a part of the result may both report the same step, so it may be called
   * twice.
   */
  onStepPart(step: UnknownRecord): void {
    this.setCallId(step.callId);
    // For an object (v5, v6), the callback reports no finish reason, but the last part of the result does. So the
    // callback's report is not the last one.
    const isLastReport = this.endsByCallback || step.finishReason !== undefined;
    this.span.onStep((response, requestModel) => addStepAnswer(response, step, requestModel), isLastReport);
  }
}
