/**
 * Observes a streamed result: counts its readers and decides the outcome of the run. It is a state machine, and
 * docs/why/design.md has its table. It uses no span, reads no content, and does not hold the result.
 */
import { contained } from "../foundation/containment.ts";
import { asRecord, type UnknownRecord } from "../foundation/structure.ts";
import { ABANDONED, ABORTED, LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { startIdleTimer, stopIdleTimer, type IdleTimer } from "../foundation/idle-timer.ts";
import { observeCollection } from "../foundation/weak-ref.ts";
import type { BranchEnd, BranchState, TeeObserver } from "./observed-tee.ts";

/**
 * How long the run waits for other readers after one reader has read to the end. It waits because an unread reader and
 * a paused reader look the same, for example after `const { textStream, fullStream } = result`. The wait delays only
 * the export of the span. The outcome is known already, and the end time is that of the last reader.
 */
const PAUSE_AFTER_COMPLETION_MS = 1_000;
/**
 * How long the run waits for other readers after a reader has left. The wait is longer, because the run is completed if
 * another reader reads to the end.
 */
const PAUSE_AFTER_LEAVING_MS = 10_000;

/** The delay of the first check of a model's stream that began after the run's end. */
const FIRST_LATE_CHECK_MS = 1_000;

/**
 * What happened to the model's stream since the last check.
 * - `taken`: parts were taken from it.
 * - `awaited`: its reader waits for the model.
 * - `undefined`: neither, so perhaps nobody reads.
 */
export type Flow = "taken" | "awaited" | undefined;

/** The run that the result belongs to. */
export interface ResultOwner {
  readonly ended: boolean;
  /** How the run ended; `undefined` before its end. */
  readonly outcome: Outcome | undefined;
  readonly idleDeadlineMs: number;
  /** The idle deadline of a result that has no reader yet, in milliseconds. */
  readonly unreadDeadlineMs: number;
  /** @returns monotonic milliseconds */
  now(): number;
  /**
   * Whether the run ends when the last part is read, because nothing can fail after it. The SDK settles the result's
   * promises before it closes the stream. A program that awaits such a promise may shut the tracer down before the
   * stream closes.
   */
  readonly endsAtFinish: boolean;
  /** @returns the outcome of a signal of the run that has fired; `undefined` while no signal has fired */
  abortOutcome(): Outcome | undefined;
  /** @returns the outcome of an error of the run */
  outcomeOf(error: unknown): Outcome;
  /** The model call whose last attempt failed; `undefined` when another call or attempt has begun since. */
  readonly failedCall: object | undefined;
  /** @returns the outcome of the work if nobody has read the result; `undefined` if it is unknown */
  unreadOutcome(): Outcome | undefined;
  /**
   * Observes the reader by the parts of the model's stream, if the result's streams cannot be observed.
   *
   * @returns `undefined` if nobody reads, or if the result's streams are observed
   */
  flow(): Flow;
  /** Whether a model's stream waits for its reader to take a part. */
  isStalled(): boolean;
  /** Called when the result's streams cannot be observed. */
  onUnobserved(): void;
  /**
   * Called at the end of the run. Called again if a reader resumes the result after the run's end.
   *
   * @param endedMs when the work ended; monotonic milliseconds; default: now
   */
  end(outcome: Outcome, endedMs?: number): void;
  /** Called with the last part of each step. */
  onStepPart(part: UnknownRecord): void;
}

/** Ends the run of a result that was collected before it was read. No other event reports that. */
const collection = observeCollection<Observed>((observed) => observed.lifetime?.endUnread());

/**
 * What the `FinalizationRegistry` holds for a result. It refers to the `ResultLifetime` only until the run ends. So the
 * registry keeps nothing of an ended run alive.
 */
interface Observed {
  lifetime: ResultLifetime | undefined;
}

export class ResultLifetime implements TeeObserver {
  readonly #owner: ResultOwner;
  readonly #branches = new Set<BranchState>();
  readonly #observed: Observed = { lifetime: undefined };
  #hasReader = false;
  #wasTaken = false;
  /** The outcome as the parts so far report it. An `error` or `abort` part changes it. */
  #outcome: Outcome = OK;
  #hasFinishPart = false;
  #parts = 0;
  #positionAtLastCheck = 0;
  /** The outcome of the completed result; `undefined` until one reader has reached the end. */
  #completed: Outcome | undefined;
  /** When a reader ended last while other readers were open. Monotonic milliseconds. */
  #lastEndMs: number | undefined;
  #timer: IdleTimer | undefined;
  /**
   * The delay of the next check of a model's stream that began after the run's end. Each delay is twice the previous
   * one.
   */
  #lateCheckMs: number | undefined;
  /** Whether a reader waits for the provider, so that no timer runs. The next part starts the timer. */
  #isAwaited = false;

  constructor(owner: ResultOwner) {
    this.#owner = owner;
  }

  /** @param source an object that lives as long as somebody can read the result. It is not held here. */
  observe(source: object): void {
    collection.register(source, this.#observed);
    if (!this.#owner.ended) this.startIdleDeadline();
  }

  /** Starts the idle deadline. If nobody reads the result until then, the run ends as abandoned. */
  startIdleDeadline(): void {
    this.#observed.lifetime = this;
    const { ended, idleDeadlineMs } = this.#owner;
    if (this.#timer !== undefined) return;
    this.#lateCheckMs = ended ? Math.min(FIRST_LATE_CHECK_MS, idleDeadlineMs) : undefined;
    this.#checkIn(this.#lateCheckMs ?? this.#pauseMs());
  }

  onPart(chunk: unknown): void {
    this.#parts += 1;
    if (this.#isAwaited) this.#checkIn(this.#pauseMs());
    // A chunk is the part itself, or an object `{ part, partialOutput }` (v5 to v7).
    const part = asRecord(asRecord(chunk)?.part) ?? asRecord(chunk);
    if (part?.type === "error") this.#outcome = this.#owner.outcomeOf(part.error);
    if (part?.type === "abort") this.#outcome = this.#owner.abortOutcome() ?? ABORTED;
    if (part?.type === "finish") this.#hasFinishPart = true;
    // A streamed object has no steps. Its `finish` part reports what a `finish-step` part reports for a text.
    if (part?.type === "finish-step" || part?.type === "finish") this.#owner.onStepPart(part);
    if (this.#owner.endsAtFinish && this.isFinished()) this.onComplete();
  }

  /** Whether each reader has taken all parts, including the last. After that, only callbacks of the program can run. */
  isFinished(): boolean {
    return this.#hasFinishPart && this.#isTaken();
  }

  /**
   * Whether each reader has taken all parts so far. A reader that waits takes the next part at once, so it counts as
   * having taken it.
   */
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
    // A reader that leaves after it has taken the last part has read to the end.
    else if (end === "read" || (this.#hasFinishPart && branch.isWaiting)) this.#completed ??= this.#outcome;
    if (this.#branches.size === 0) return this.#end(LEFT_BY_CONSUMER);
    this.#lastEndMs = this.#owner.now();
    this.#stopTimer();
    this.#checkIn(this.#pauseMs());
  }

  onMissed(): void {
    this.#owner.onUnobserved();
  }

  /** Called when the result's promise is fulfilled. Used for a result whose readers cannot be observed. */
  onValue(): void {
    this.#completed ??= OK;
    this.#end(LEFT_BY_CONSUMER);
  }

  /**
   * Called when the result's promise is rejected. The error is one of three:
   * - an error of the SDK, whose name begins with `AI_`
   * - the error of the model's stream, which the model call has recorded
   * - the reason with which the reader left (v7, `teeStream` of a single-reader result)
   */
  onError(error: unknown): void {
    const isSDKError = String(asRecord(error)?.name).startsWith("AI_");
    if (isSDKError) this.#completed ??= this.#owner.outcomeOf(error);
    else if (this.#owner.failedCall) this.#completed ??= OK;
    this.#end(LEFT_BY_CONSUMER);
  }

  /** Stops the timer and the observation of the collection. */
  stopObserving(): void {
    this.#observed.lifetime = undefined;
    this.#stopTimer();
  }

  #stopTimer(): void {
    stopIdleTimer(this.#timer);
    this.#timer = undefined;
    this.#isAwaited = false;
  }

  /** A number that grows when a reader takes a part. A part that is queued does not change it. */
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
   * Ends the run when nobody reads: since the last check no reader has taken a part, and no reader waits for the
   * provider.
   *
   * A test may run fake timers until none is left. A check that always started the next timer would keep that test
   * running. So a check without a new part starts no timer synchronously. The next part or a microtask starts it.
   */
  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#lateCheckMs !== undefined) return this.#checkLateStream(this.#lateCheckMs);
    const flow = this.#owner.flow();
    // Before the first check the SDK may have taken the parts itself. Parts that are taken after it prove a reader.
    if (flow === "taken") this.#hasReader ||= this.#wasTaken;
    this.#wasTaken ||= flow === "taken";
    const hasMoved = this.#position() !== this.#positionAtLastCheck;
    for (const branch of this.#branches) this.#isAwaited ||= branch.isWaiting;
    if (this.#isAwaited) return;
    if (hasMoved) this.#checkIn(this.#pauseMs());
    else if (flow) void Promise.resolve().then(contained("timer", () => this.#checkAgain()));
    else this.endUnread();
  };

  /**
   * Checks a model's stream that began after the run's end. If nobody reads it, it ends now. Otherwise checks follow
   * at growing distances, the last one at the idle deadline.
   */
  #checkLateStream(delayMs: number): void {
    if (this.#lateOutcome()) return this.endUnread();
    const remainingMs = Math.max(this.#owner.idleDeadlineMs - 2 * delayMs + FIRST_LATE_CHECK_MS, 0);
    this.#lateCheckMs = 2 * delayMs < remainingMs ? 2 * delayMs : undefined;
    this.#checkIn(this.#lateCheckMs ?? remainingMs);
  }

  /**
   * @returns the run's outcome if a model's stream began after the run's end and nobody reads it; otherwise `undefined`
   */
  #lateOutcome(): Outcome | undefined {
    const isLeft = this.#branches.size === 0 && this.#owner.ended && this.#owner.isStalled();
    return isLeft ? this.#owner.outcome : undefined;
  }

  #checkAgain(): void {
    const isObserving = this.#observed.lifetime !== undefined;
    if (isObserving && this.#timer === undefined) this.#checkIn(this.#pauseMs());
  }

  /** Called when a callback of the SDK reports that the result was read to the end. */
  onComplete(): void {
    this.#completed ??= this.#outcome;
    this.#end(LEFT_BY_CONSUMER);
  }

  /**
   * Ends the run of a result that nobody reads any more. If a reader has left before, the run ends at the time when
   * that reader left.
   */
  endUnread(): void {
    const unread = this.#lateOutcome() ?? this.#owner.unreadOutcome() ?? ABANDONED;
    this.#end(this.#lastEndMs === undefined ? unread : LEFT_BY_CONSUMER, this.#lastEndMs);
  }

  /**
   * Ends the run. Its outcome is the first of these that is known: the completed result's, an abort, an error among the
   * parts.
   *
   * @param fallback the outcome if none of them is known
   */
  #end(fallback: Outcome, endedMs?: number): void {
    this.stopObserving();
    // The program may have left because a part reported an error. So the error decides the outcome.
    const failed = this.#outcome.kind === "error" ? this.#outcome : undefined;
    this.#owner.end(this.#completed ?? this.#owner.abortOutcome() ?? failed ?? fallback, endedMs);
  }
}
