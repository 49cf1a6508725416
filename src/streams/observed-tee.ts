/**
 * A tee that notifies an observer of each part and of the end of each branch. The AI SDK tees one stream for every
 * reader of a `streamText` result (`teeStream`, v5 to v7). Nobody can observe from outside the platform's tee that a
 * reader has left. This tee does the same in the same ticks (Streams Standard, "ReadableStreamDefaultTee").
 */
import { contain, contained } from "../foundation/containment.ts";
import { referenceTo, type Reference } from "../foundation/weak-ref.ts";
import { cancelReader, createStream, overrideMethod, readFrom } from "./platform-stream.ts";

/** How a branch ended: it was read to the end, its source failed, or its reader left. */
export type BranchEnd = "read" | "failed" | "left";

export interface TeeObserver {
  /** Called once for every part, when the tee reads it from the source. */
  onPart(part: unknown): void;
  /** Called when a branch opens. */
  onBranch(branch: BranchState): void;
  /** @param error the error of the source, if `end` is `failed` */
  onBranchEnd(branch: BranchState, end: BranchEnd, error: unknown): void;
  /** Called when somebody reads the stream in a way that is not observed. */
  onMissed?(): void;
}

/** @returns `false` when the stream cannot be observed */
export function observeTee(stream: object, observer: TeeObserver): boolean {
  return replaceTee(stream, observer, true);
}

function replaceTee(stream: object, observer: TeeObserver, notifiesParts: boolean): boolean {
  const tee = (lock: () => ReadableStreamDefaultReader<unknown>): unknown => {
    const { first, second } = new Tee(lock(), observer, notifiesParts);
    contain("stream", () => observer.onBranch(first.state));
    // The SDK reads the first branch, and tees the second one for the next reader. The observer was notified of the
    // second branch's parts already.
    replaceTee(second.stream, observer, false);
    return [first.stream, second.stream];
  };
  return overrideMethod(stream, "tee", tee, () => observer.onMissed?.());
}

/** The state of a branch. It does not hold the branch's stream, so that a stream that nobody can read is collected. */
export class BranchState {
  /** Whether the reader has taken all parts and waits for the next one. */
  isWaiting = false;
  controller: Reference<ReadableStreamDefaultController<unknown>> | undefined;

  /** The number of parts that the branch can still queue. It grows when the reader takes a part. */
  get room(): number {
    return this.controller?.deref()?.desiredSize ?? 0;
  }
}

/** One of the two streams of a tee. */
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
  readonly #notifiesParts: boolean;
  #resolveCanceled: ((done?: Promise<void>) => void) | undefined;
  #reading = false;
  #readAgain = false;
  #ended = false;

  constructor(reader: ReadableStreamDefaultReader<unknown>, observer: TeeObserver, notifiesParts: boolean) {
    this.#reader = reader;
    this.#observer = observer;
    this.#notifiesParts = notifiesParts;
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
    if (branch === first) this.#notify("left");
  }

  readonly #onRead = contained("stream", ({ done, value }: ReadableStreamReadResult<unknown>): void => {
    this.#readAgain = false;
    if (done) return this.#end("read");
    if (this.#notifiesParts) contain("stream", () => this.#observer.onPart(value));
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
    if (!this.first.isCanceled) this.#notify(end, error);
  }

  #send(signal: "enqueue" | "close" | "error", value: unknown): void {
    this.first.send(signal, value);
    this.second.send(signal, value);
  }

  #notify(end: BranchEnd, error?: unknown): void {
    contain("stream", () => this.#observer.onBranchEnd(this.first.state, end, error));
  }
}
