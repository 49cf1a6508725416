/**
 * A limit to a wait, which can be suspended. Keeps the process alive while it runs: what waits has something to lose.
 */
export class Deadline {
  /** Resolves when the time is up. */
  readonly expired: Promise<void>;
  readonly #timeoutMs: number;
  #expire: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.expired = new Promise((resolve) => (this.#expire = resolve));
  }

  /** The whole time, from now on. */
  start(): void {
    clearTimeout(this.#timer);
    if (this.#expire) this.#timer = setTimeout(this.#expire, this.#timeoutMs);
  }

  suspend(): void {
    clearTimeout(this.#timer);
  }

  /** There is nothing to wait for any more. */
  end(): void {
    this.suspend();
    this.#expire = undefined;
  }
}

/** Whether work was done in time; what it rejects with counts as done, and is its own affair. */
export async function isDoneWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const deadline = new Deadline(timeoutMs);
  deadline.start();
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, deadline.expired.then(() => false)]);
  } finally {
    deadline.end();
  }
}
