/**
 * An execution of a tool that the program calls itself. Its span belongs to no run. It ends with one of these:
 * - the outcome of the work
 * - the abort of its signal
 * - `abandoned`, when its promise or generator was collected, or when its generator reached the idle deadline
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readAbort, readFailure } from "../readers/failure.ts";
import { readAgentName, readTurn } from "../readers/turn.ts";
import { ABANDONED } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { EMPTY_RUN_RECORD } from "../spans/run-span.ts";
import { activeContext } from "../spans/context.ts";
import { startOwnedSpan } from "../spans/owned-span.ts";
import { DirectToolCall, toolCallStart } from "../spans/tool-call-span.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import { referenceTo, observeCollection, type Reference } from "../foundation/weak-ref.ts";
import { observeAbort, stopObservingAbort, type AbortObserver } from "./abort-observer.ts";
import { observePending, type PendingPromise, type PromiseOwner } from "./pending-promise.ts";
import { Execution } from "./execution.ts";

/** What the `FinalizationRegistry` holds for a generator. It refers to the execution only while the span is open. */
interface Observed {
  execution: DirectExecution | undefined;
}

/** Ends the execution when its generator was collected. */
const collection = observeCollection<Observed>(({ execution }) => execution?.end(ABANDONED));

export class DirectExecution extends Execution implements AbortObserver, PromiseOwner {
  readonly #observed: Observed = { execution: undefined };
  /**
   * A weak reference, because a listener of the signal may hold the generator. A strong one would prevent the
   * generator's collection.
   */
  readonly #signal: Reference<AbortSignal> | undefined;
  #timer: IdleTimer | undefined;
  #pending: PendingPromise | undefined;

  constructor(call: DirectToolCall, signal: AbortSignal | undefined) {
    super(call, readFailure);
    this.#signal = signal && referenceTo(signal);
    call.onEnd = () => this.#stopObserving();
    if (signal && !readAbort(signal)) observeAbort(signal, this);
  }

  get context(): Context {
    return this.call.context;
  }

  onAbort(): void {
    const outcome = readAbort(this.#signal?.deref());
    if (outcome) this.end(outcome);
  }

  override onError(error: unknown): void {
    this.onAbort();
    super.onError(error);
  }

  end(outcome: Outcome): void {
    this.call.end(outcome);
  }

  /** @param promise the value that the program gets; ignored if it is no promise */
  observePromise(promise: unknown): void {
    if (!this.call.ended) this.#pending = observePending(promise, this);
  }

  onDropped(): void {
    this.end(ABANDONED);
  }

  /** @param generator the program must take its values before the idle deadline; the generator is not held here */
  observe(generator: object): void {
    this.#observed.execution = this;
    collection.register(generator, this.#observed);
    this.onGeneratorValue();
  }

  onGeneratorStep(): void {
    stopIdleTimer(this.#timer);
  }

  /** Starts the idle deadline. If the program does not ask for the next value before it, the span ends as abandoned. */
  onGeneratorValue(): void {
    if (this.call.ended) return;
    stopIdleTimer(this.#timer);
    this.#timer = startIdleTimer(() => this.end(ABANDONED), this.call.tracing.options.idleDeadlineMs);
  }

  /** Called when the span has ended. Removes all timers and observers. */
  #stopObserving(): void {
    this.#observed.execution = undefined;
    this.#pending?.stopObserving();
    stopIdleTimer(this.#timer);
    stopObservingAbort(this.#signal?.deref(), this);
  }
}

/**
 * Starts the span of an execution.
 *
 * @returns the execution. If the span is neither recorded nor measured, the context to run the tool in. If the tool
 *   needs no context, or starting failed, `undefined`: the tool then runs untraced in the active context.
 */
export function startDirectExecution(
  tracing: Tracing,
  toolName: string,
  toolCallId: string | undefined,
  signal: AbortSignal | undefined,
): DirectExecution | Context | undefined {
  const context = activeContext();
  const inherited = turnAttributes(context);
  const tool = { toolName, toolCallId };
  const start = toolCallStart(tool, readAgentName(undefined, undefined, inherited));
  return startOwnedSpan({ tracing, context, start, target: toolName }, (opening) => {
    const turn = contain("start", () => readTurn(undefined, undefined, inherited)) ?? EMPTY_RUN_RECORD.turn;
    const call = new DirectToolCall(opening, turn);
    call.describe(tool, turn.identity.conversationId);
    return new DirectExecution(call, signal);
  });
}
