/**
 * Observes how a streamed result is read. The SDK opens one branch per reader (`streamText`), or one pipe for the only
 * reader (`streamObject`, all majors).
 */
import { observePipe, type PipeEnd, type PipeObserver } from "./observed-pipe.ts";
import { BranchState, observeTee, type TeeObserver } from "./observed-tee.ts";

/** @returns false when the stream cannot be observed */
export function observeReading(stream: object, observer: TeeObserver): boolean {
  return observeTee(stream, observer) && observePipe(stream, new PipedBranch(observer));
}

/** Observes the pipe as if it were a branch. Its reader waits for the provider while the pipe has no backpressure. */
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
    // The reader counts as waiting, because the part that the pipe still holds counts as read.
    this.isWaiting = true;
    this.#observer.onBranchEnd(this, end, error);
  }
}
