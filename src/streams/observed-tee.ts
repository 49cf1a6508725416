/**
 * A tee with eyes. The AI SDK gives each way to read a `streamText` result its own branch of one stream (`teeStream`, v5
 * to v7), and the platform's tee hides that a branch was left. This one does what the platform's does, tick for tick
 * (Streams Standard, "ReadableStreamDefaultTee"), and tells what passes and how each branch ends.
 */
import { contain } from "../guard.ts";

/** How a branch ended: it was read to the end, its source failed, or its reader went away. */
export type BranchEnd = "read" | "failed" | "left";

export interface TeeObserver {
  /** Every part, once, when it is read from the source. */
  onPart(part: unknown): void;
  onBranch(branch: BranchState): void;
  /** @param error what the source failed with, when it failed */
  onBranchEnd(branch: BranchState, end: BranchEnd, error: unknown): void;
}

/** @returns false when the stream cannot be given a method of its own (it is frozen) */
export function observeTee(stream: ReadableStream<unknown>, observer: TeeObserver): boolean {
  return ownTee(stream, observer, observer.onPart.bind(observer));
}

type OnPart = ((part: unknown) => void) | undefined;

function ownTee(stream: ReadableStream<unknown>, observer: TeeObserver, onPart: OnPart): boolean {
  const platformTee = stream.tee;
  return Reflect.defineProperty(stream, "tee", {
    configurable: true,
    writable: true,
    value: function (this: ReadableStream<unknown>): [ReadableStream<unknown>, ReadableStream<unknown>] {
      if (this !== stream || stream.locked) return platformTee.call(this);
      const { first, second } = new Tee(stream.getReader(), observer, onPart);
      observer.onBranch(first.state);
      // The SDK reads the first branch and keeps the second to tee it again: its parts have been seen then.
      ownTee(second.stream, observer, undefined);
      return [first.stream, second.stream];
    },
  });
}

/** What is known of a branch. Does not hold it: a branch nobody can read must be collected. */
export class BranchState {
  /** Whether whoever reads has taken all there was and waits for more. */
  isWaiting = false;
  #controller: WeakRef<ReadableStreamDefaultController<unknown>> | undefined;

  /** Parts the branch could still take: grows as its reader takes them. */
  get room(): number {
    return this.#controller?.deref()?.desiredSize ?? 0;
  }

  setController(controller: ReadableStreamDefaultController<unknown>): void {
    if (typeof WeakRef !== "undefined") this.#controller = new WeakRef(controller);
  }
}

/** One of the two streams. */
class Branch {
  readonly stream: ReadableStream<unknown>;
  readonly state = new BranchState();
  isCanceled = false;
  reason: unknown;
  #controller: ReadableStreamDefaultController<unknown> | undefined;

  constructor(tee: Tee) {
    this.stream = new ReadableStream<unknown>({
      start: (controller) => {
        this.#controller = controller;
        this.state.setController(controller);
      },
      pull: () => {
        this.state.isWaiting = true;
        tee.pull();
      },
      cancel: (reason) => {
        this.isCanceled = true;
        this.reason = reason;
        tee.onCancel(this);
        return tee.canceled;
      },
    });
  }

  enqueue(part: unknown): void {
    if (this.isCanceled) return;
    this.state.isWaiting = false;
    this.#controller?.enqueue(part);
  }

  close(): void {
    if (!this.isCanceled) this.#controller?.close();
  }

  error(error: unknown): void {
    if (!this.isCanceled) this.#controller?.error(error);
  }
}

class Tee {
  readonly canceled: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #observer: TeeObserver;
  readonly #onPart: OnPart;
  #resolveCanceled: ((done: Promise<void> | undefined) => void) | undefined;
  #reading = false;
  #readAgain = false;
  #ended = false;
  readonly first: Branch;
  readonly second: Branch;

  constructor(reader: ReadableStreamDefaultReader<unknown>, observer: TeeObserver, onPart: OnPart) {
    this.#reader = reader;
    this.#observer = observer;
    this.#onPart = onPart;
    this.canceled = new Promise((resolve) => {
      this.#resolveCanceled = resolve as (done: Promise<void> | undefined) => void;
    });
    this.first = new Branch(this);
    this.second = new Branch(this);
    reader.closed.then(undefined, this.#onError);
  }

  readonly pull = (): void => {
    this.#readAgain = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    this.#reader.read().then(this.#onRead, this.#onError);
  };

  onCancel(branch: Branch): void {
    if (this.first.isCanceled && this.second.isCanceled) {
      this.#resolveCanceled?.(this.#reader.cancel([this.first.reason, this.second.reason]));
    }
    if (branch === this.first) this.#tell("left", undefined);
  }

  readonly #onRead = ({ done, value }: ReadableStreamReadResult<unknown>): void => {
    this.#readAgain = false;
    if (done) return this.#end("read");
    contain("stream observer", () => this.#onPart?.(value));
    this.first.enqueue(value);
    this.second.enqueue(value);
    this.#reading = false;
    if (this.#readAgain) this.pull();
  };

  readonly #onError = (error: unknown): void => {
    this.#end("failed", error);
  };

  #end(end: BranchEnd, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resolveCanceled?.(undefined);
    for (const branch of [this.first, this.second]) end === "read" ? branch.close() : branch.error(error);
    if (!this.first.isCanceled) this.#tell(end, error);
  }

  #tell(end: BranchEnd, error: unknown): void {
    contain("stream observer", () => this.#observer.onBranchEnd(this.first.state, end, error));
  }
}
