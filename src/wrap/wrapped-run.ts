/**
 * The run of a wrapped function or agent. The wrappers of the SDK's models, tools and result notify it.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isRecord, type UnknownRecord } from "../foundation/structure.ts";
import { Run, type Attempt, type Reading } from "../runs/run.ts";
import { observePending, type PendingPromise } from "../runs/pending-promise.ts";
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
import { enterCall } from "./replaced-property.ts";
import { originalOf } from "./view.ts";

/** The traced function whose call opened the run. */
export interface TracedCallee {
  readonly kind: OperationKind;
  /** The SDK's module, from which the default provider is read. */
  readonly sdkModule: object | undefined;
}

/** How many microtasks the run waits after the end of the stream for the program to read `output`. */
const TICKS_TO_CHECK = 32;

/** How long the run waits for the check of an output, in milliseconds. */
const LONGEST_CHECK_MS = 1_000;

/** By result: the run that observes how the result is read. */
const observed = new WeakMap<object, WrappedRun>();

export class WrappedRun extends Run implements WorkObserver, TracedCallee {
  readonly kind: OperationKind;
  readonly sdkModule: object | undefined;
  /** The agent, if the program has wrapped it or its class. */
  agent: unknown;
  /** Restores the agent's properties that were replaced for the run. `undefined` if the run belongs to no agent. */
  restoreAgent: (() => void) | undefined;
  /** Reads the turn from the call that the agent has prepared. `undefined` if the run belongs to no agent. */
  readTurn: ((parameters: object) => Turn) | undefined;
  /** Whether the `prepareCall` method of a traced class prepares the agent's calls. */
  preparesByClass = false;
  /** Whether the parameters of the agent's call have a step callback. That callback is then observed. */
  observesSteps = false;
  /** Whether the run adds an `onFinish` callback, so that the SDK reports the end to the run. */
  reportsFinish: boolean;
  /**
   * The state of the check of the stream's output against its schema.
   * - `none`: no check is needed, or it is over.
   * - `open`: the check has not begun.
   * - `running`: the check has begun.
   */
  #outputCheck: "none" | "open" | "running" = "none";
  #outputError: Outcome | undefined;
  /**
   * When the reader reached the end of the stream. Set while the run waits for the check of the output. Monotonic
   * milliseconds.
   */
  #completedMs: number | undefined;
  /** Whether an SDK call inside an agent's method streams, and its end was not reported yet. */
  #isStreaming = false;
  /** The observation of the result's promise, until the promise settles. */
  #pending: PendingPromise | undefined;
  /** Whether the result is a generator. If it is, its last step ends the run. */
  #isGenerator = false;

  constructor(opening: Opening, record: RunRecord, { kind, sdkModule }: TracedCallee) {
    const reading: Reading | undefined =
      kind.source && (kind.source === "baseStream" ? "observed" : "unobserved");
    super(opening, { ...record, reading });
    this.kind = kind;
    if (kind.source === "baseStream" && !canObserveStreams()) this.onUnobserved();
    this.sdkModule = sdkModule;
    this.reportsFinish = kind.isChecked === true;
  }

  /** Called when an agent's method begins an SDK call. This call does not repeat a model call that failed before. */
  onPrepare(): void {
    this.span.endFailedCall();
    this.#isStreaming = this.lifetime !== undefined;
  }

  /**
   * Called when an agent has prepared an SDK call.
   *
   * @param parameters the parameters of the prepared call
   */
  onPrepared(parameters: object): void {
    const turn = this.readTurn?.(parameters);
    if (turn) this.span.updateTurn(turn);
  }

  override startAttempt(...call: Parameters<Run["startAttempt"]>): Attempt | undefined {
    // The agent's `stream` method may call `generateText`, which does not stream.
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

  /** Waits for the check of the output before the run ends. Most programs read `output` right after the stream. */
  #awaitCheck(ticks: number): void {
    if (this.#outputCheck === "none") this.#endCompleted();
    else if (ticks > 0)
      void Promise.resolve().then(contained("check of an output", () => this.#awaitCheck(ticks - 1)));
    else if (this.#outputCheck === "open") this.#endCompleted();
    // The check runs the program's schema, which may be slow or never settle. So the wait has a limit.
    else startIdleTimer(() => this.#endCompleted(), LONGEST_CHECK_MS);
  }

  /** Ends the run at the time when the reader reached the end of the stream. */
  #endCompleted(): void {
    this.#outputCheck = "none";
    super.end(this.#outputError ?? OK, this.#completedMs);
  }

  /** @param promise the result that the caller gets; ignored if it is no promise */
  observePromise(promise: unknown): void {
    if (!this.ended) this.#pending = observePending(promise, this);
  }

  /**
   * Called when the program no longer holds the promise and nothing can settle it. A model or a tool never answered.
   */
  onDropped(): void {
    this.end(this.abortOutcome() ?? ABANDONED);
  }

  #settle(): void {
    this.#pending?.stopObserving();
  }

  override onAllEnded(): void {
    super.onAllEnded();
    this.#settle();
  }

  /**
   * Called when the SDK returned its result. If no reader is observed, a callback or the collection of the result ends
   * the run.
   */
  onValue(result: unknown): void {
    const { lifetime } = this;
    this.#settle();
    if (!lifetime) {
      // The SDK returned a result after a model call had failed, so that call is not repeated.
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
      // An agent's method returned another value than the SDK's result. So only the SDK's callbacks report the end.
      this.onUnobserved();
      return lifetime.startIdleDeadline();
    } else return this.end(OK);
    contain("agent", () => this.restoreAgent?.());
  }

  /** Reads the SDK's id of the call, which the steps of a text have (v7). */
  #onSteps(steps: unknown): void {
    if (Array.isArray(steps)) this.setCallId(asRecord(steps[0])?.callId);
  }

  /**
   * Called when the program reads the generator. Its collection is no longer observed, because its steps end the run.
   */
  onGeneratorStep(): void {
    if (this.ended) return;
    this.lifetime?.stopObserving();
    this.lifetime?.startIdleDeadline();
  }

  /**
   * Reads the answer of a result with one reader, which reports no steps. If the run has one model call, the result's
   * tokens are those of its step.
   */
  #onAnswer(answer: unknown): void {
    const [finishReason, usage] = Array.isArray(answer) ? (answer as unknown[]) : [];
    if (this.span.modelCalls === 1) this.onStepPart({ finishReason, usage });
  }

  onError(error: unknown): void {
    this.end(this.outcomeOf(error));
  }

  /**
   * Called when the caller asks for an output. The SDK checks the output against its schema when the program reads it.
   */
  onOutput(): void {
    if (this.kind.source) this.#outputCheck = "open";
  }

  get isCheckingOutput(): boolean {
    return this.#outputCheck === "running";
  }

  onOutputCheck(): void {
    if (this.#outputCheck === "open") this.#outputCheck = "running";
  }

  /** @param misfit the error of the check; `undefined` if the output fits its schema */
  onOutputChecked(misfit: { readonly failure: unknown } | undefined): void {
    this.#outputCheck = "none";
    if (misfit) this.#outputError = this.outcomeOf(misfit.failure);
    if (this.#completedMs !== undefined) this.#endCompleted();
  }

  /** Called when the SDK calls `onFinish`. If an object does not fit its schema, the event has the error. */
  onFinish(event: unknown): void {
    this.#isStreaming = false;
    const error = asRecord(event)?.error;
    if (error !== undefined) this.lifetime?.onPart({ type: "error", error });
    if (isRecord(event)) this.onStepPart(event);
    if (this.endsByCallback && !this.#isGenerator) this.lifetime?.onComplete();
  }
}

/**
 * Replaces our view of the tools by the caller's tools in a streamed result, which has them as a property (v5 to v7).
 */
function restoreTools(result: UnknownRecord | undefined): void {
  const tools = result?.tools;
  if (result && originalOf(tools) !== tools) Reflect.set(result, "tools", originalOf(tools));
}
