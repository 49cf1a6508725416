/**
 * An execution of a tool that the program calls itself: no run owns its span. It ends as its work does, when its signal
 * fires, or when nobody can, or does, go on with what it gave.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { readAbort, readFailure } from "../readers/failure.ts";
import { readAgentName, readTurn } from "../readers/turn.ts";
import { ABANDONED } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { EMPTY_RUN_RECORD } from "../spans/agent-run.ts";
import { activeContext } from "../spans/context.ts";
import { openSpan } from "../spans/opening.ts";
import { DirectToolCall, toolCallStart } from "../spans/tool-call-span.ts";
import type { Tracing } from "../spans/tracing.ts";
import { turnAttributes } from "../spans/turn-context.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import { referenceTo, observeCollection, type Reference } from "../foundation/weak-ref.ts";
import { unwatchAbort, watchAbort, type AbortWatcher } from "./abort-watch.ts";
import { watchPending, type PendingEntry, type PendingWork } from "./pending-work.ts";
import { Execution } from "./execution.ts";

/** What the registry keeps alive: an execution, as long as it is open. */
interface Watched {
  execution: DirectExecution | undefined;
}

/** Reports generators that were dropped. */
const collection = observeCollection<Watched>(({ execution }) => execution?.end(ABANDONED));

export class DirectExecution extends Execution implements AbortWatcher, PendingWork {
  readonly #watched: Watched = { execution: undefined };
  /** Kept alive by nothing of ours: what listens to a signal may hold the generator, which is to be collected. */
  readonly #signal: Reference<AbortSignal> | undefined;
  #timer: IdleTimer | undefined;
  #pending: PendingEntry | undefined;

  constructor(call: DirectToolCall, signal: AbortSignal | undefined) {
    super(call, readFailure);
    this.#signal = signal && referenceTo(signal);
    call.onEnd = () => this.#release();
    if (signal && !readAbort(signal)) watchAbort(signal, this);
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

  /** @param promise what the program gets, if that is a promise */
  watchPromise(promise: unknown): void {
    if (!this.call.ended) this.#pending = watchPending(promise, this);
  }

  onDropped(): void {
    this.end(ABANDONED);
  }

  /** @param generator somebody must ask it for its values; not held here */
  watch(generator: object): void {
    this.#watched.execution = this;
    collection.register(generator, this.#watched);
    this.onGeneratorValue();
  }

  onGeneratorStep(): void {
    stopIdleTimer(this.#timer);
  }

  /** From now on somebody must ask for the next value, or the generator is abandoned at the idle deadline. */
  onGeneratorValue(): void {
    if (this.call.ended) return;
    stopIdleTimer(this.#timer);
    this.#timer = startIdleTimer(() => this.end(ABANDONED), this.call.tracing.options.idleDeadlineMs);
  }

  /** The span has ended: nothing is left behind. */
  #release(): void {
    this.#watched.execution = undefined;
    if (this.#pending) this.#pending.work = undefined;
    stopIdleTimer(this.#timer);
    unwatchAbort(this.#signal?.deref(), this);
  }
}

/**
 * The execution; of one that is neither recorded nor measured the context, where there is any to enter. `undefined`:
 * nothing is traced.
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
  return openSpan({ tracing, context, start, target: toolName }, ({ span, parent }) => {
    const turn = contain("start", () => readTurn(undefined, undefined, inherited)) ?? EMPTY_RUN_RECORD.turn;
    const call = new DirectToolCall(span, parent, start, turn);
    call.describe(tool, turn.identity.conversationId);
    return new DirectExecution(call, signal);
  });
}
