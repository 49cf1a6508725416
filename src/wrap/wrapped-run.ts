/**
 * A run as the wrappers around the SDK's models, tools and result see it.
 */
import type { Span } from "@opentelemetry/api";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { ObservedRun, type Attempt, type Reading } from "../runs/observed-run.ts";
import { watchPending, type PendingEntry } from "../runs/pending-work.ts";
import { observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { ABANDONED, OK } from "../semconv/outcome.ts";
import type { Outcome, Turn } from "../semconv/records.ts";
import type { RunFacts } from "../spans/agent-run.ts";
import type { SpanParent } from "../spans/open-span.ts";
import type { SpanStart } from "../spans/tracing.ts";
import { canObserveStreams } from "../streams/platform-stream.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { observeReading } from "../streams/observed-reading.ts";
import type { OperationKind } from "./operations.ts";
import { observeGenerator } from "./generator.ts";
import { enterCall } from "./lens.ts";
import { originalOf } from "./view.ts";

/** What a run is a call of. */
export interface RunOrigin {
  readonly kind: OperationKind;
  /** Where the SDK's default provider is found. */
  readonly namespace: object | undefined;
}

/** How long a stream that was read waits for its `output` to be read. */
const TICKS_TO_CHECK = 32;

const LONGEST_CHECK_MS = 1_000;

/** By the result: the run that observes how it is read. */
const observed = new WeakMap<object, WrappedRun>();

export class WrappedRun extends ObservedRun implements WorkObserver, RunOrigin {
  readonly kind: OperationKind;
  readonly namespace: object | undefined;
  /** Of an agent's run: restores the properties of the agent that the run has replaced. */
  restoreAgent: (() => void) | undefined;
  /** Of an agent's run: reads its turn from the call that the agent has prepared. */
  readTurn: ((parameters: object) => Turn) | undefined;
  /** Of an agent's run: whether the method of a traced class prepares its calls. */
  preparesByClass = false;
  /** Whether the parameters of an agent's call have a callback of steps, which is observed. */
  observesSteps = false;
  /** Whether the SDK is to report to `onFinish` that it is done. */
  reportsFinish: boolean;
  /** Of a stream with an output: whether it is still to be compared with its schema, or is being so. */
  #outputCheck: "none" | "open" | "running" = "none";
  #outputError: Outcome | undefined;
  /** When the stream was read to its end, while the output is not checked. */
  #completedMs: number | undefined;
  /** Whether a call of the SDK inside an agent's method streams, and has not reported that it is done. */
  #isStreaming = false;
  /** The promise of the result, until it settles. */
  #pending: PendingEntry | undefined;
  /** Whether the result is a generator, which ends the run. */
  #isGenerator = false;

  constructor(
    span: Span,
    parent: SpanParent,
    start: SpanStart,
    facts: RunFacts,
    { kind, namespace }: RunOrigin,
  ) {
    const reading: Reading | undefined = kind.source && (kind.source === "baseStream" ? "watched" : "unseen");
    super(span, parent, start, { ...facts, reading });
    this.kind = kind;
    if (kind.source === "baseStream" && !canObserveStreams()) this.onUnobserved();
    this.namespace = namespace;
    this.reportsFinish = kind.isChecked === true;
  }

  /** An agent's method begins a call of the SDK: a model call that failed before it is not repeated by it. */
  onPrepare(): void {
    this.endFailedCall();
    this.#isStreaming = this.lifetime !== undefined;
  }

  /** @param parameters of the SDK's call */
  onPrepared(parameters: object): void {
    const turn = this.readTurn?.(parameters);
    if (turn) this.learnTurn(turn);
  }

  override startAttempt(...call: Parameters<ObservedRun["startAttempt"]>): Attempt | undefined {
    // A method that streams may generate.
    if (!call[0].settings.stream) this.#isStreaming = false;
    return super.startAttempt(...call);
  }

  override end(outcome: Outcome, endedMs?: number): void {
    contain("agent", () => this.restoreAgent?.());
    if (this.#completedMs !== undefined) return this.#endCompleted();
    if (this.#outputCheck === "none" || outcome.kind !== "ok" || this.ended) {
      return super.end(outcome.kind === "ok" ? (this.#outputError ?? OK) : outcome, endedMs);
    }
    this.#completedMs = endedMs ?? this.now();
    this.#awaitCheck(TICKS_TO_CHECK);
  }

  /** A stream that was read waits for the check of its output. Most programs read `output` right after the stream. */
  #awaitCheck(ticks: number): void {
    if (this.#outputCheck === "none") this.#endCompleted();
    else if (ticks > 0)
      void Promise.resolve().then(contained("check of an output", () => this.#awaitCheck(ticks - 1)));
    else if (this.#outputCheck === "open") this.#endCompleted();
    // The schema is the program's, and may take its time, or never give an answer.
    else startIdleTimer(() => this.#endCompleted(), LONGEST_CHECK_MS);
  }

  /** The end is dated back to the end of the stream. */
  #endCompleted(): void {
    this.#outputCheck = "none";
    super.end(this.#outputError ?? OK, this.#completedMs);
  }

  /** @param promise what the caller gets, if that is a promise */
  watchPromise(promise: unknown): void {
    if (!this.ended) this.#pending = watchPending(promise, this);
  }

  /** A model or a tool never answers, and the program has dropped the promise. */
  onDropped(): void {
    this.end(this.abortOutcome() ?? ABANDONED);
  }

  #settle(): void {
    if (this.#pending) this.#pending.work = undefined;
  }

  protected override release(): void {
    super.release();
    this.#settle();
  }

  /** The SDK gave its result. One whose readers are not observed ends by a callback, or when nobody can read it. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    this.#settle();
    if (!lifetime) {
      // The method has recovered from it.
      this.endFailedCall();
      contain("result", () => this.#onSteps(asRecord(result)?.steps));
      return this.end(OK);
    }
    contain("result", () => restoreTools(asRecord(result)));
    const { kind } = this;
    const source = asRecord(result)?.[kind.source ?? ""];
    if (isRecord(result)) {
      const inner = observed.get(result);
      if (inner) {
        contain("agent", () => this.restoreAgent?.());
        return this.endWith(inner);
      }
      observed.set(result, this);
    }
    if (kind.source === "baseStream" && isRecord(source)) {
      if (!observeReading(source, lifetime)) this.onUnobserved();
      lifetime.watch(source);
    } else if (source instanceof Promise) {
      const total: unknown = asRecord(result)?.totalUsage;
      const observer: WorkObserver = {
        onValue: (answer) => {
          contain("result", () => this.#onAnswer(answer));
          lifetime.onValue();
        },
        onError: (error) => lifetime.onError(error),
      };
      observeResult(Promise.all([source, total]), observer, true);
      lifetime.watch(source);
    } else if (observeGenerator(result, this, (work) => enterCall(this, work))) {
      this.#isGenerator = true;
      return isRecord(result) ? lifetime.watch(result) : undefined;
    } else if (this.isBusy || this.#isStreaming) {
      // What an agent's method has made of the SDK's result: the SDK's callbacks report its end.
      this.onUnobserved();
      return lifetime.watchIdle();
    } else return this.end(OK);
    contain("agent", () => this.restoreAgent?.());
  }

  /** The steps of a text know the SDK's id of the call (v7). */
  #onSteps(steps: unknown): void {
    if (Array.isArray(steps)) this.setCallId(asRecord(steps[0])?.callId);
  }

  /** A generator is asked for its next value: somebody reads it. */
  onGeneratorStep(): void {
    if (this.ended) return;
    this.lifetime?.release();
    this.lifetime?.watchIdle();
  }

  /** A result for one reader reports no steps. Of a run with one step it has the tokens. */
  #onAnswer(answer: unknown): void {
    const [finishReason, usage] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (this.modelCalls === 1) this.onStepPart({ finishReason, usage });
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }

  /** The result has an output, which is compared with its schema when it is read. */
  onOutput(): void {
    if (this.kind.source) this.#outputCheck = "open";
  }

  get isCheckingOutput(): boolean {
    return this.#outputCheck === "running";
  }

  onOutputCheck(): void {
    if (this.#outputCheck === "open") this.#outputCheck = "running";
  }

  /** @param misfit what the output fails with; `undefined`: it fits */
  onOutputChecked(misfit: { readonly failure: unknown } | undefined): void {
    this.#outputCheck = "none";
    if (misfit) this.#outputError = this.outcomeOf(misfit.failure);
    if (this.#completedMs !== undefined) this.#endCompleted();
  }

  /** `onFinish`: an object that was found wrong says so here. */
  onFinish(event: unknown): void {
    this.#isStreaming = false;
    const error = asRecord(event)?.error;
    if (error !== undefined) this.lifetime?.onPart({ type: "error", error });
    if (isRecord(event)) this.onStepPart(event);
    if (this.isUnobserved && !this.#isGenerator) this.lifetime?.onComplete();
  }
}

/** A streamed result has the tools as a property (v5 to v7). */
function restoreTools(result: UnknownRecord | undefined): void {
  const tools = result?.tools;
  if (result && originalOf(tools) !== tools) Reflect.set(result, "tools", originalOf(tools));
}
