/**
 * Tells how a streamed result is read, whichever way the SDK opens one: by a branch of its own for each (`streamText`) or
 * by the one pipe of a result that is read once (`streamObject`, all majors).
 */
import { observePipe, type PipeEnd, type PipeObserver } from "./observed-pipe.ts";
import { BranchState, observeTee, type TeeObserver } from "./observed-tee.ts";

/** @returns false when the stream cannot be observed */
export function observeReading(stream: object, observer: TeeObserver): boolean {
  return observeTee(stream, observer) && observePipe(stream, new PipedBranch(observer));
}

/** The pipe as a branch: it waits for the provider while there is room beyond it. */
class PipedBranch extends BranchState implements PipeObserver {
  readonly #observer: TeeObserver;

  constructor(observer: TeeObserver) {
    super();
    this.#observer = observer;
  }

  set backpressured(isFull: boolean) {
    this.isWaiting = !isFull;
    this.#observer.onBranch(this);
  }

  onPart(part: unknown): void {
    this.#observer.onPart(part);
  }

  onMissed(): void {
    this.#observer.onMissed?.();
  }

  onEnd(end: PipeEnd, error: unknown): void {
    // What the pipe itself still holds counts as read.
    this.isWaiting = true;
    this.#observer.onBranchEnd(this, end, error);
  }
}
