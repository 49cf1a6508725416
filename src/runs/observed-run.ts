/**
 * A run as whoever stands between it and the SDK sees it: with the signals that may stop it and the lifetime of its
 * result. Holds nothing of what the caller passed, and its signals weakly.
 */
import type { Span } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readAbort, readFailure, readUnsignaledFailure } from "../readers/failure.ts";
import { addStepAnswer } from "../readers/step.ts";
import { readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { OK } from "../semconv/outcome.ts";
import type { ModelRequest, Outcome } from "../semconv/records.ts";
import { AgentRun, type RunRecord } from "../spans/agent-run.ts";
import { monotonicMs } from "../foundation/clock.ts";
import type { ModelCall } from "../spans/model-call.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { ProviderCall } from "../spans/provider-call.ts";
import type { SpanStart } from "../spans/tracing.ts";
import { ModelAttempt } from "../streams/model-attempt.ts";
import { ResultLifetime, type Flow, type ResultOwner } from "../streams/result-lifetime.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";
import { unwatchAbort, watchAbort, type AbortWatcher } from "./abort-watch.ts";
import { Execution } from "./execution.ts";
import { ToolCalls } from "./tool-calls.ts";

/** How the readers of a streamed result show: each of them, or only by how the model's stream flows. */
export type Reading = "watched" | "unseen";

export interface ObservedRunFacts extends RunRecord {
  /** Absent where the result is a promise. */
  readonly reading: Reading | undefined;
}

/** One attempt of a model call. */
export type Attempt = ModelAttempt<ModelCall | ProviderCall>;

/** Whether a signal says that it has fired, or that it has not. */
function isReadable(reference: Reference<AbortSignal>): boolean {
  return typeof readProperty(reference.deref(), "aborted") === "boolean";
}

export class ObservedRun extends AgentRun implements ResultOwner, AbortWatcher {
  readonly now = monotonicMs;
  readonly toolCalls = new ToolCalls(this);
  readonly idleDeadlineMs = this.tracing.options.idleDeadlineMs;
  protected lifetime: ResultLifetime | undefined;
  #reading: Reading | undefined;
  #hasCallId: boolean;
  /** Whether callbacks alone report how the result is read: its streams are not the platform's. */
  isUnobserved = false;
  /** Kept alive by nothing of ours: what listens to a signal may hold the result, which is to be collected. */
  readonly #signals: Reference<AbortSignal>[] = [];
  /** The last one to call a model. */
  protected lastAttempt: Attempt | undefined;
  /** The runs whose result is this run's. */
  #outer: ObservedRun[] | undefined;
  /** Whether nothing of the program's runs between the last part of a stream and its end. */
  endsAtFinish = false;
  #isFinished = false;
  /** How many parts its stream had given. */
  #partsAtLastLook = 0;

  constructor(span: Span, parent: SpanParent, start: SpanStart, facts: ObservedRunFacts, startedMs?: number) {
    super(span, parent, start, facts, startedMs);
    this.#reading = facts.reading;
    this.#hasCallId = facts.sdkCall?.sdkCallId !== undefined;
    if (facts.reading) this.lifetime = new ResultLifetime(this);
  }

  /** Where nothing shows a reader but how the model's stream flows, it takes two looks to know that nobody reads. */
  get unreadDeadlineMs(): number {
    const { idleDeadlineMs, unreadDeadlineMs } = this.tracing.options;
    if (unreadDeadlineMs >= idleDeadlineMs) return idleDeadlineMs;
    return this.#reading === "watched" ? unreadDeadlineMs : unreadDeadlineMs / 2;
  }

  /** A model is called. Holds no options of the call, for they hold the prompt. */
  startAttempt(request: ModelRequest, signal?: AbortSignal): Attempt | undefined {
    this.watchSignal(signal);
    this.#onActivity();
    const call = this.startModelCall(request);
    const { onProviderTool } = this.toolCalls;
    const notifiesEachOutput = this.instruments !== undefined;
    const aborted = (): Outcome | undefined => this.abortOutcome();
    if (call && this.lastAttempt?.call === call) this.toolCalls.onRepeatedCall();
    this.lastAttempt =
      call &&
      new ModelAttempt(call, {
        aborted,
        outcomeOf: (error) => this.outcomeOf(error),
        now: monotonicMs,
        readModel: request.readModel ?? (() => request.model),
        notifiesEachOutput,
        onProviderTool,
      });
    this.#partsAtLastLook = 0;
    return this.lastAttempt;
  }

  startExecution(
    toolName: string,
    toolCallId: string | undefined,
    signal?: AbortSignal,
  ): Execution | undefined {
    this.#onActivity();
    const call = this.startToolCall(this.toolCalls.describe(toolName, toolCallId));
    return call && new Execution(call, (error) => readAbort(signal) ?? this.outcomeOfTool(error));
  }

  executeOf(toolName: string): unknown {
    return this.toolCalls.executeOf(toolName);
  }

  /**
   * The caller's signal, and the SDK's own where it adds a timeout: the run ends when one of them fires, even if a tool
   * or a provider never answers.
   */
  watchSignal(signal: AbortSignal | undefined): void {
    if (!signal || this.#signals.some((known) => known.deref() === signal)) return;
    this.#signals.push(referenceTo(signal));
    if (!readAbort(signal) && !this.ended) watchAbort(signal, this);
  }

  /**
   * A signal that says it has not fired, or cannot say it, stops nothing: the SDK looks at the same property. It stops
   * nothing either once the last part has passed. A program may abort to clean up while its `onFinish` still runs.
   */
  onAbort(): void {
    if (this.#isFinished || this.lifetime?.isFinished()) return;
    // Of a promise with nothing open below: a callback of the program runs, and the SDK may still give the whole result.
    if (!this.lifetime && !this.isBusy && this.modelCalls > 0) return;
    const outcome = this.abortOutcome();
    if (outcome) this.end(outcome);
  }

  /** The SDK has all of a result that is a promise, and calls the program's callbacks before it gives the result. */
  onFinished(): void {
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

  /** What an error means that a tool has failed with. */
  outcomeOfTool(error: unknown): Outcome {
    return this.outcomeOf(error);
  }

  /** A reader that is not seen does not read where the model's stream waits for it, and has since the last look. */
  flow(): Flow {
    const { partCount = 0, backpressured = false } = this.lastAttempt ?? {};
    const hasMoved = partCount !== this.#partsAtLastLook;
    this.#partsAtLastLook = partCount;
    if (this.#reading !== "unseen") return undefined;
    if (hasMoved) return "taken";
    // A model call that was answered may be open until its step is over: the SDK waits for a reader.
    return this.isWorking && this.isBusy && !backpressured ? "awaited" : undefined;
  }

  /** Whether the stream of a model waits for somebody to read it. */
  isStalled(): boolean {
    return this.isBusy && this.lastAttempt?.backpressured === true;
  }

  /** Whether parts of a result can be on their way: an answer has begun to come in, or a tool runs. */
  isGivingParts(): boolean {
    return this.isBusy && this.lastAttempt !== undefined && this.lastAttempt.partCount > 0;
  }

  /** How the result is read shows only by how the model's stream flows. */
  onUnobserved(): void {
    this.#reading = "unseen";
    this.isUnobserved = true;
  }

  /** A run whose last model call failed has failed with it. One whose readers are not observed was read as far as it worked. */
  unreadOutcome(): Outcome | undefined {
    return this.failedCall || (this.isUnobserved && !this.isBusy && this.modelCalls > 0) ? OK : undefined;
  }

  /** Something began below the run: it must come to an end even if nobody reads, or the run is over. */
  #onActivity(): void {
    if (this.ended) this.lifetime ??= new ResultLifetime(this);
    this.lifetime?.startIdleDeadline();
  }

  override end(outcome: Outcome, endedMs?: number): void {
    if (!this.ended) contain("tool calls", () => this.toolCalls.onEnd(outcome, endedMs));
    super.end(outcome, endedMs);
    const outer = this.#outer;
    this.#outer = undefined;
    for (const run of outer ?? []) contain("end of a run", () => run.end(this.outcome ?? outcome, endedMs));
  }

  /** The run's result is that of another run of ours, whose readers are observed: it ends with it. */
  protected endWith(inner: ObservedRun): void {
    this.lifetime?.release();
    if (inner.outcome) this.end(inner.outcome);
    else (inner.#outer ??= []).push(this);
  }

  /** The run has ended, or what began below it after that. */
  protected override release(): void {
    this.lifetime?.release();
    for (const signal of this.#signals) unwatchAbort(signal.deref(), this);
  }

  /** The SDK's id of the call, from whatever has it. */
  protected setCallId(callId: unknown): void {
    const sdkCallId = stringOf(callId);
    if (!sdkCallId || this.ended || this.#hasCallId) return;
    this.#hasCallId = true;
    this.set({ sdkCallId });
  }

  /** A step is over. Whoever reports it, a callback or the result's own parts, may be the second to do so. */
  onStepPart(step: UnknownRecord): void {
    this.setCallId(step.callId);
    // The callback of an object has no finish reason (v5, v6). The last part of its result has.
    const isWhole = this.isUnobserved || step.finishReason !== undefined;
    this.onStep((response, requestModel) => addStepAnswer(response, step, requestModel), isWhole);
  }
}
