/**
 * Observes how a streamed result is read. For `streamText` the SDK opens one branch of a tee per reader. For
 * `streamObject` it opens one pipe for the only reader (all majors).
 */
import { observePipe, type PipeEnd, type PipeObserver } from "./observed-pipe.ts";
import { BranchState, observeTee, type TeeObserver } from "./observed-tee.ts";

/** @returns `false` when the stream cannot be observed */
export function observeReading(stream: object, observer: TeeObserver): boolean {
  return observeTee(stream, observer) && observePipe(stream, new PipedBranch(observer));
}

/**
 * Observes a pipe as if it were a branch of a tee. While the pipe is not backpressured, the reader waits for the
 * provider.
 */
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
    // The pipe may hold a part that the reader has not taken yet. That part counts as taken, so the reader counts as
    // waiting.
    this.isWaiting = true;
    this.#observer.onBranchEnd(this, end, error);
  }
}
