/**
 * A tee with eyes. The AI SDK gives each way to read a `streamText` result its own branch of one stream (`teeStream`, v5
 * to v7), and the platform's tee hides that a branch was left. This one does what the platform's does, tick for tick
 * (Streams Standard, "ReadableStreamDefaultTee"), and tells what passes and how each branch ends.
 */
import { contain, contained } from "../foundation/containment.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";
import { cancelReader, createStream, overrideMethod, readFrom } from "./platform-stream.ts";

/** How a branch ended: it was read to the end, its source failed, or its reader went away. */
export type BranchEnd = "read" | "failed" | "left";

export interface TeeObserver {
  /** Every part, once, when it is read from the source. */
  onPart(part: unknown): void;
  onBranch(branch: BranchState): void;
  /** @param error what the source failed with, when it failed */
  onBranchEnd(branch: BranchState, end: BranchEnd, error: unknown): void;
  /** The stream is read in a way that is not observed. */
  onMissed?(): void;
}

/** @returns false when the stream cannot be observed */
export function observeTee(stream: object, observer: TeeObserver): boolean {
  return ownTee(stream, observer, true);
}

function ownTee(stream: object, observer: TeeObserver, tellsParts: boolean): boolean {
  const tee = (lock: () => ReadableStreamDefaultReader<unknown>): unknown => {
    const { first, second } = new Tee(lock(), observer, tellsParts);
    contain("stream", () => observer.onBranch(first.state));
    // The SDK reads the first branch and keeps the second to tee it again: its parts have been seen then.
    ownTee(second.stream, observer, false);
    return [first.stream, second.stream];
  };
  return overrideMethod(stream, "tee", tee, () => observer.onMissed?.());
}

/** What is known of a branch. Does not hold it, for a branch nobody can read must be collected. */
export class BranchState {
  /** Whether whoever reads has taken all there was and waits for more. */
  isWaiting = false;
  controller: Reference<ReadableStreamDefaultController<unknown>> | undefined;

  /** Parts the branch could still take: grows as its reader takes them. */
  get room(): number {
    return this.controller?.deref()?.desiredSize ?? 0;
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
    this.stream = createStream({
      start: contained("stream", (controller) => {
        this.#controller = controller;
        this.state.controller = referenceTo(controller);
      }),
      pull: contained("stream", () => {
        this.state.isWaiting = true;
        tee.pull();
      }),
      cancel: contained("stream", (reason: unknown) => {
        this.isCanceled = true;
        this.reason = reason;
        tee.onCancel(this);
        return tee.canceled;
      }),
    });
  }

  send(signal: "enqueue" | "close" | "error", value: unknown): void {
    if (this.isCanceled) return;
    this.state.isWaiting = false;
    this.#controller?.[signal](value);
  }
}

class Tee {
  readonly canceled: Promise<void>;
  readonly first: Branch;
  readonly second: Branch;
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #observer: TeeObserver;
  readonly #tellsParts: boolean;
  #resolveCanceled: ((done?: Promise<void>) => void) | undefined;
  #reading = false;
  #readAgain = false;
  #ended = false;

  constructor(reader: ReadableStreamDefaultReader<unknown>, observer: TeeObserver, tellsParts: boolean) {
    this.#reader = reader;
    this.#observer = observer;
    this.#tellsParts = tellsParts;
    this.canceled = new Promise<void>((resolve) => {
      this.#resolveCanceled = resolve;
    });
    this.first = new Branch(this);
    this.second = new Branch(this);
    reader.closed.then(undefined, this.#onError);
  }

  readonly pull = (): void => {
    this.#readAgain = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    readFrom(this.#reader).then(this.#onRead, this.#onError);
  };

  onCancel(branch: Branch): void {
    const { first, second } = this;
    if (first.isCanceled && second.isCanceled) {
      this.#resolveCanceled?.(cancelReader(this.#reader, [first.reason, second.reason]));
    }
    if (branch === first) this.#tell("left");
  }

  readonly #onRead = contained("stream", ({ done, value }: ReadableStreamReadResult<unknown>): void => {
    this.#readAgain = false;
    if (done) return this.#end("read");
    if (this.#tellsParts) contain("stream", () => this.#observer.onPart(value));
    this.#send("enqueue", value);
    this.#reading = false;
    if (this.#readAgain) this.pull();
  });

  readonly #onError = contained("stream", (error: unknown): void => this.#end("failed", error));

  #end(end: BranchEnd, error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resolveCanceled?.();
    this.#send(end === "read" ? "close" : "error", error);
    if (!this.first.isCanceled) this.#tell(end, error);
  }

  #send(signal: "enqueue" | "close" | "error", value: unknown): void {
    this.first.send(signal, value);
    this.second.send(signal, value);
  }

  #tell(end: BranchEnd, error?: unknown): void {
    contain("stream", () => this.#observer.onBranchEnd(this.first.state, end, error));
  }
}
