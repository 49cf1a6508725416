/**
 * The lifetime of a streamed result: how many ways of reading it are alive, and how the run ended. One state machine, its
 * table in docs/why/design.md; it never sees a span, a part's content or the result itself.
 */
import { contained } from "../foundation/containment.ts";
import { asRecord, type UnknownRecord } from "../foundation/structure.ts";
import { ABANDONED, ABORTED, LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import { observeCollection } from "../foundation/weak-ref.ts";
import type { BranchEnd, BranchState, TeeObserver } from "./observed-tee.ts";

/**
 * How long the other ways of reading are waited for after one was read to the end: one that was only opened
 * (`const { textStream, fullStream } = result`) looks the same as one that is read. The outcome is known and the end is
 * dated back, so this only says when the span is handed over.
 */
const PAUSE_AFTER_COMPLETION_MS = 1_000;
/** Longer after one was left, for another that is read to the end turns a cancellation into a completed run. */
const PAUSE_AFTER_LEAVING_MS = 10_000;

/** When a stream that began after its readers had left is looked at for the first time. */
const FIRST_LOOK_MS = 1_000;

/** Since the last look parts were taken from the model's stream, or the model is waited for. */
export type Flow = "taken" | "awaited" | undefined;

/** The run behind the result. */
export interface ResultOwner {
  readonly ended: boolean;
  /** How it ended, if it has. */
  readonly outcome: Outcome | undefined;
  /** Milliseconds. */
  readonly idleDeadlineMs: number;
  /** That of a result of which no reader was opened. */
  readonly unreadDeadlineMs: number;
  /** Monotonic milliseconds. */
  now(): number;
  /**
   * Whether nothing can fail after the last part. A program that waits for a promise of the result may stop the tracer
   * as soon as it has it, and the SDK settles its promises before it closes the stream.
   */
  readonly endsAtFinish: boolean;
  /** What a signal of the run means that has fired; `undefined` while none has. */
  abortOutcome(): Outcome | undefined;
  /** What an error means for the run. */
  outcomeOf(error: unknown): Outcome;
  /** The model call whose last attempt failed, while no other has begun. */
  readonly failedCall: object | undefined;
  /** What the work came to where nobody read the result, as far as that is known. */
  unreadOutcome(): Outcome | undefined;
  /** How the result is read, where that shows only further down. `undefined`: it is not, or that shows elsewhere. */
  flow(): Flow;
  /** Whether the stream of a model waits for somebody to read it. */
  isStalled(): boolean;
  /** Nothing of the result's streams shows how they are read. */
  onUnobserved(): void;
  /**
   * Called at the end, and again should a later reader wake what was left.
   *
   * @param endedMs when the work ended, where that is not now; monotonic milliseconds
   */
  end(outcome: Outcome, endedMs?: number): void;
  /** A step of the result is over: its last part passed. */
  onStepPart(part: UnknownRecord): void;
}

/** Reports results that were dropped unread: nothing else does. */
const collection = observeCollection<Watched>((watched) => watched.lifetime?.endUnread());

/** What the registry keeps alive: a lifetime, and all that its owner holds, as long as something of it is open. */
interface Watched {
  lifetime: ResultLifetime | undefined;
}

export class ResultLifetime implements TeeObserver {
  readonly #owner: ResultOwner;
  readonly #branches = new Set<BranchState>();
  readonly #watched: Watched = { lifetime: undefined };
  #hasReader = false;
  #wasTaken = false;
  /** What passed in-band so far says: an `error` or `abort` part, or that nothing went wrong. */
  #outcome: Outcome = OK;
  #sawFinish = false;
  #parts = 0;
  #positionAtLastCheck = 0;
  /** What it came to, once one reader saw the end. */
  #completed: Outcome | undefined;
  /** When the last reader ended, if others were still there. */
  #lastEndMs: number | undefined;
  #timer: IdleTimer | undefined;
  /** After how long what began after the run's end is looked at: each look is twice as late as the one before. */
  #lookMs: number | undefined;
  /** A reader waits for the provider: the next part starts the timer again. */
  #isAwaited = false;

  constructor(owner: ResultOwner) {
    this.#owner = owner;
  }

  /** @param source held by whoever can still read the result; not held here */
  watch(source: object): void {
    collection.register(source, this.#watched);
    if (!this.#owner.ended) this.watchIdle();
  }

  /** From now on somebody must read the result, or it is abandoned at the idle deadline. */
  watchIdle(): void {
    this.#watched.lifetime = this;
    const { ended, idleDeadlineMs } = this.#owner;
    if (this.#timer !== undefined) return;
    this.#lookMs = ended ? Math.min(FIRST_LOOK_MS, idleDeadlineMs) : undefined;
    this.#checkIn(this.#lookMs ?? this.#pauseMs());
  }

  onPart(chunk: unknown): void {
    this.#parts += 1;
    if (this.#isAwaited) this.#checkIn(this.#pauseMs());
    // Bare, or in the envelope `{ part, partialOutput }` (v5 to v7).
    const part = asRecord(asRecord(chunk)?.part) ?? asRecord(chunk);
    if (part?.type === "error") this.#outcome = this.#owner.outcomeOf(part.error);
    if (part?.type === "abort") this.#outcome = this.#owner.abortOutcome() ?? ABORTED;
    if (part?.type === "finish") this.#sawFinish = true;
    // An object has no steps: its last part says the same.
    if (part?.type === "finish-step" || part?.type === "finish") this.#owner.onStepPart(part);
    if (this.#owner.endsAtFinish && this.isFinished()) this.onComplete();
  }

  /** Whether each reader has taken all parts, the last one too: only the program's callbacks still run. */
  isFinished(): boolean {
    return this.#sawFinish && this.#isTaken();
  }

  /** Whether each reader has taken all there was, and so gets the last part at once. */
  #isTaken(): boolean {
    for (const branch of this.#branches) if (!branch.isWaiting) return false;
    return this.#branches.size > 0;
  }

  onBranch(branch: BranchState): void {
    this.#hasReader = true;
    this.#branches.add(branch);
  }

  onBranchEnd(branch: BranchState, end: BranchEnd, error: unknown): void {
    this.#branches.delete(branch);
    if (end === "failed") this.#completed ??= this.#owner.outcomeOf(error);
    // A reader that leaves at the last part has had it all.
    else if (end === "read" || (this.#sawFinish && branch.isWaiting)) this.#completed ??= this.#outcome;
    if (this.#branches.size === 0) return this.#end(LEFT_BY_CONSUMER);
    this.#lastEndMs = this.#owner.now();
    this.#stopTimer();
    this.#checkIn(this.#pauseMs());
  }

  onMissed(): void {
    this.#owner.onUnobserved();
  }

  /** The result's own promise is fulfilled: for results whose readers cannot be watched. */
  onValue(): void {
    this.#completed ??= OK;
    this.#end(LEFT_BY_CONSUMER);
  }

  /**
   * It is rejected: with an error of the SDK's own, with what the model's stream failed with, which its call knows, or,
   * when its reader left, with whatever that one gave as the reason (v7, `teeStream` of a single-reader result).
   */
  onError(error: unknown): void {
    const isOwn = String(asRecord(error)?.name).startsWith("AI_");
    if (isOwn) this.#completed ??= this.#owner.outcomeOf(error);
    else if (this.#owner.failedCall) this.#completed ??= OK;
    this.#end(LEFT_BY_CONSUMER);
  }

  /** The run has ended: nothing is left behind. */
  release(): void {
    this.#watched.lifetime = undefined;
    this.#stopTimer();
  }

  #stopTimer(): void {
    stopIdleTimer(this.#timer);
    this.#timer = undefined;
    this.#isAwaited = false;
  }

  /** How many parts the readers have taken in all. */
  #position(): number {
    let position = 0;
    for (const branch of this.#branches) position += this.#parts + branch.room;
    return position;
  }

  #pauseMs(): number {
    if (this.#completed !== undefined) return PAUSE_AFTER_COMPLETION_MS;
    if (this.#lastEndMs !== undefined) return PAUSE_AFTER_LEAVING_MS;
    const { idleDeadlineMs, unreadDeadlineMs } = this.#owner;
    return this.#hasReader ? idleDeadlineMs : unreadDeadlineMs;
  }

  #checkIn(delayMs: number): void {
    this.#isAwaited = false;
    this.#positionAtLastCheck = this.#position();
    this.#timer = startIdleTimer(this.#check, delayMs);
  }

  /**
   * A reader that took something, or that waits for the provider, reads; all others have had their time.
   *
   * A program's tests may turn all timers at once, until none is left. So a check that finds nothing new starts no timer
   * in the same turn: the next part does, or a microtask.
   */
  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#lookMs !== undefined) return this.#look(this.#lookMs);
    const flow = this.#owner.flow();
    // What the SDK takes by itself is taken at the first of two looks.
    if (flow === "taken") this.#hasReader ||= this.#wasTaken;
    this.#wasTaken ||= flow === "taken";
    const hasMoved = this.#position() !== this.#positionAtLastCheck;
    for (const branch of this.#branches) this.#isAwaited ||= branch.isWaiting;
    if (this.#isAwaited) return;
    if (hasMoved) this.#checkIn(this.#pauseMs());
    else if (flow) void Promise.resolve().then(contained("timer", () => this.#checkAgain()));
    else this.endUnread();
  };

  /** At what began after the end: a stream that nobody takes was left, all else has until the idle deadline. */
  #look(lookMs: number): void {
    if (this.#lateOutcome()) return this.endUnread();
    const restMs = Math.max(this.#owner.idleDeadlineMs - 2 * lookMs + FIRST_LOOK_MS, 0);
    this.#lookMs = 2 * lookMs < restMs ? 2 * lookMs : undefined;
    this.#checkIn(this.#lookMs ?? restMs);
  }

  /** Of a model's stream that began after the run's end, and that nobody takes: it shares the end. */
  #lateOutcome(): Outcome | undefined {
    const isLeft = this.#branches.size === 0 && this.#owner.ended && this.#owner.isStalled();
    return isLeft ? this.#owner.outcome : undefined;
  }

  #checkAgain(): void {
    const isOpen = this.#watched.lifetime !== undefined;
    if (isOpen && this.#timer === undefined) this.#checkIn(this.#pauseMs());
  }

  /** It was read to its end, which nothing but a callback says. */
  onComplete(): void {
    this.#completed ??= this.#outcome;
    this.#end(LEFT_BY_CONSUMER);
  }

  /** Nobody reads, or can read, any more; a reader that left before was the last. */
  endUnread(): void {
    const unread = this.#lateOutcome() ?? this.#owner.unreadOutcome() ?? ABANDONED;
    this.#end(this.#lastEndMs === undefined ? unread : LEFT_BY_CONSUMER, this.#lastEndMs);
  }

  /** What the work came to outweighs how it was left, and an abort explains why it was. */
  #end(unfinished: Outcome, endedMs?: number): void {
    this.release();
    // An error among the parts is what the program may have left for.
    const failed = this.#outcome.kind === "error" ? this.#outcome : undefined;
    this.#owner.end(this.#completed ?? this.#owner.abortOutcome() ?? failed ?? unfinished, endedMs);
  }
}
