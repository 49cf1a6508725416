/**
 * A limit to a wait, which can be suspended. It keeps the process alive while it runs, because what waits has something
 * to lose.
 */
import { contain, contained } from "../foundation/containment.ts";
import { startTimer, stopTimer } from "../foundation/timers.ts";

export class Deadline {
  /** Resolves when the time is up. */
  readonly expired: Promise<void>;
  isExpired = false;
  readonly #timeoutMs: number;
  #expire: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.expired = new Promise((resolve) => {
      this.#expire = () => {
        this.isExpired = true;
        resolve();
      };
    });
  }

  /** The whole time, from now on. */
  start(): void {
    this.suspend();
    const expire = this.#expire;
    if (!expire) return;
    this.#timer = contain("timer", () => startTimer(contained("timer", expire), this.#timeoutMs));
  }

  suspend(): void {
    contain("timer", () => stopTimer(this.#timer));
  }

  /** There is nothing to wait for any more. */
  end(): void {
    this.suspend();
    this.#expire = undefined;
  }
}

/** Whether work was done in time. Work that rejects is done: whoever started it handles its error. */
export async function isDoneWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const deadline = new Deadline(timeoutMs);
  deadline.start();
  let isDone = false;
  const settled = contained("deadline", () => void (isDone = true));
  await Promise.race([work.then(settled, settled), deadline.expired]);
  deadline.end();
  return isDone;
}
