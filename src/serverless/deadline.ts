/**
 * Limits the time of a wait, and can be suspended. Its timer keeps the process alive. Spans would be lost if the
 * process stopped during the wait.
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

  /** Starts the timer with the full time, and stops a timer that is running. */
  start(): void {
    this.suspend();
    const expire = this.#expire;
    if (!expire) return;
    this.#timer = contain("timer", () => startTimer(contained("timer", expire), this.#timeoutMs));
  }

  suspend(): void {
    contain("timer", () => stopTimer(this.#timer));
  }

  /** Ends the wait. After that, the deadline never expires. */
  end(): void {
    this.suspend();
    this.#expire = undefined;
  }
}

/**
 * Whether the work settles in time. A rejection counts as settled, and the code that started the work handles the
 * error.
 */
export async function isDoneWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const deadline = new Deadline(timeoutMs);
  deadline.start();
  let isDone = false;
  const settled = contained("deadline", () => void (isDone = true));
  await Promise.race([work.then(settled, settled), deadline.expired]);
  deadline.end();
  return isDone;
}
