/**
 * A time limit of a wait, which can be suspended. Its timer keeps the process alive, because spans would be lost if
 * the process stopped during the wait.
 */
import { contain, contained } from "../foundation/containment.ts";
import { startTimer, stopTimer } from "../foundation/timers.ts";

export class Deadline {
  /** Resolves when the time limit is reached. */
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

  /** Starts the full time, from now on. A running timer is stopped. */
  start(): void {
    this.suspend();
    const expire = this.#expire;
    if (!expire) return;
    this.#timer = contain("timer", () => startTimer(contained("timer", expire), this.#timeoutMs));
  }

  suspend(): void {
    contain("timer", () => stopTimer(this.#timer));
  }

  /** Ends the wait: the deadline can no longer expire. */
  end(): void {
    this.suspend();
    this.#expire = undefined;
  }
}

/** Whether work has settled in time. Work that rejects is done, too: whoever started it handles its error. */
export async function isDoneWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const deadline = new Deadline(timeoutMs);
  deadline.start();
  let isDone = false;
  const settled = contained("deadline", () => void (isDone = true));
  await Promise.race([work.then(settled, settled), deadline.expired]);
  deadline.end();
  return isDone;
}
