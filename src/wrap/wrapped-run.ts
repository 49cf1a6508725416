/**
 * A run that the wrappers around the SDK's models, tools and result observe.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { Run, type Attempt, type Reading } from "../runs/run.ts";
import { observePending, type PendingPromise } from "../runs/pending-work.ts";
import { observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { ABANDONED, OK } from "../semconv/outcome.ts";
import type { Outcome, Turn } from "../semconv/records.ts";
import type { RunRecord } from "../spans/run-span.ts";
import type { Opening } from "../spans/open-span.ts";
import { canObserveStreams } from "../streams/platform-stream.ts";
import { startIdleTimer } from "../foundation/idle-timer.ts";
import { observeReading } from "../streams/observed-reading.ts";
import type { OperationKind } from "./operations.ts";
import { observeGenerator } from "./generator.ts";
import { enterCall } from "./lens.ts";
import { originalOf } from "./view.ts";

/** The function that the run is a call of. */
export interface RunOrigin {
  readonly kind: OperationKind;
  /** The SDK's module, which has its default provider. */
  readonly namespace: object | undefined;
}

/** How many microtasks the run waits after the end of the stream until the program reads `output`. */
const TICKS_TO_CHECK = 32;

/** How long the run waits for the check of an output, in milliseconds. */
const LONGEST_CHECK_MS = 1_000;

/** The run that observes the reading of a result, by result. */
const observed = new WeakMap<object, WrappedRun>();

export class WrappedRun extends Run implements WorkObserver, RunOrigin {
  readonly kind: OperationKind;
  readonly namespace: object | undefined;
  /** The agent, where the program has wrapped it or its class. */
  agent: unknown;
  /** Restores the properties of the agent that the run has replaced. `undefined` for a run of no agent. */
  restoreAgent: (() => void) | undefined;
  /** Reads the turn from the call that the agent has prepared. `undefined` for a run of no agent. */
  readTurn: ((parameters: object) => Turn) | undefined;
  /** Whether the `prepareCall` of a traced class prepares the calls of the agent. */
  preparesByClass = false;
  /** Whether the parameters of an agent's call have a step callback, which is observed. */
  observesSteps = false;
  /** Whether the run adds an `onFinish` by which the SDK reports its end. */
  reportsFinish: boolean;
  /** The check of a stream's output against its schema: none to come, not begun, or under way. */
  #outputCheck: "none" | "open" | "running" = "none";
  #outputError: Outcome | undefined;
  /** When the reader reached the end of the stream, until the output is checked. Monotonic milliseconds. */
  #completedMs: number | undefined;
  /** Whether an SDK call inside an agent's method streams and has not reported its end. */
  #isStreaming = false;
  /** The promise of the result, until it settles. */
  #pending: PendingPromise | undefined;
  /** Whether the result is a generator. Its last step then ends the run. */
  #isGenerator = false;

  constructor(opening: Opening, record: RunRecord, { kind, namespace }: RunOrigin) {
    const reading: Reading | undefined =
      kind.source && (kind.source === "baseStream" ? "observed" : "unobserved");
    super(opening, { ...record, reading });
    this.kind = kind;
    if (kind.source === "baseStream" && !canObserveStreams()) this.onUnobserved();
    this.namespace = namespace;
    this.reportsFinish = kind.isChecked === true;
  }

  /** An agent's method begins an SDK call. It does not repeat a model call that failed before. */
  onPrepare(): void {
    this.span.endFailedCall();
    this.#isStreaming = this.lifetime !== undefined;
  }

  /**
   * An agent has prepared an SDK call.
   *
   * @param parameters of that call
   */
  onPrepared(parameters: object): void {
    const turn = this.readTurn?.(parameters);
    if (turn) this.span.updateTurn(turn);
  }

  override startAttempt(...call: Parameters<Run["startAttempt"]>): Attempt | undefined {
    // The agent's `stream` method may call `generateText`.
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

  /** Delays the end of the run until the output is checked. Most programs read `output` right after the stream. */
  #awaitCheck(ticks: number): void {
    if (this.#outputCheck === "none") this.#endCompleted();
    else if (ticks > 0)
      void Promise.resolve().then(contained("check of an output", () => this.#awaitCheck(ticks - 1)));
    else if (this.#outputCheck === "open") this.#endCompleted();
    // The check runs the program's schema, which may be slow or never settle.
    else startIdleTimer(() => this.#endCompleted(), LONGEST_CHECK_MS);
  }

  /** Ends the run with the time at which the stream ended. */
  #endCompleted(): void {
    this.#outputCheck = "none";
    super.end(this.#outputError ?? OK, this.#completedMs);
  }

  /** @param promise the result that the caller gets; a value that is no promise is ignored */
  observePromise(promise: unknown): void {
    if (!this.ended) this.#pending = observePending(promise, this);
  }

  /** The program has dropped the promise before it settled: a model or a tool never answered. */
  onDropped(): void {
    this.end(this.abortOutcome() ?? ABANDONED);
  }

  #settle(): void {
    this.#pending?.release();
  }

  override onRest(): void {
    super.onRest();
    this.#settle();
  }

  /** The SDK returned its result. Where no reader is observed, a callback ends the run, or the collection of the result. */
  onValue(result: unknown): void {
    const { lifetime } = this;
    this.#settle();
    if (!lifetime) {
      // The run returned a result, so it did not repeat the failed call.
      this.span.endFailedCall();
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
      lifetime.observe(source);
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
      lifetime.observe(source);
    } else if (observeGenerator(result, this, (work) => enterCall(this, work))) {
      this.#isGenerator = true;
      return isRecord(result) ? lifetime.observe(result) : undefined;
    } else if (this.span.isBusy || this.#isStreaming) {
      // An agent's method returned another value than the SDK's result. The SDK's callbacks report the end.
      this.onUnobserved();
      return lifetime.startIdleDeadline();
    } else return this.end(OK);
    contain("agent", () => this.restoreAgent?.());
  }

  /** The steps of a text have the SDK's id of the call (v7). */
  #onSteps(steps: unknown): void {
    if (Array.isArray(steps)) this.setCallId(asRecord(steps[0])?.callId);
  }

  /** The program reads the generator, so its collection is no longer awaited. */
  onGeneratorStep(): void {
    if (this.ended) return;
    this.lifetime?.release();
    this.lifetime?.startIdleDeadline();
  }

  /** A result with one reader reports no steps. Its tokens are those of the step when the run has one step. */
  #onAnswer(answer: unknown): void {
    const [finishReason, usage] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (this.span.modelCalls === 1) this.onStepPart({ finishReason, usage });
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }

  /** The result has an output. The SDK checks it against its schema when the program reads it. */
  onOutput(): void {
    if (this.kind.source) this.#outputCheck = "open";
  }

  get isCheckingOutput(): boolean {
    return this.#outputCheck === "running";
  }

  onOutputCheck(): void {
    if (this.#outputCheck === "open") this.#outputCheck = "running";
  }

  /** @param misfit the error of the check; `undefined` where the output fits its schema */
  onOutputChecked(misfit: { readonly failure: unknown } | undefined): void {
    this.#outputCheck = "none";
    if (misfit) this.#outputError = this.outcomeOf(misfit.failure);
    if (this.#completedMs !== undefined) this.#endCompleted();
  }

  /** The SDK called `onFinish`. Its event has the error of an object that does not fit its schema. */
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
