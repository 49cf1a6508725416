/**
 * Waiting without clocks: gates that a test opens, and turns of the event loop until a condition holds.
 */

/** A point at which a scripted program waits until the test opens it. */
export interface Gate {
  /** Resolves when something waits at the gate. */
  readonly reached: Promise<void>;
  /** Waits until the gate is open. The program calls it. */
  pass(): Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  const { promise: opened, resolve: open } = deferred();
  const { promise: reached, resolve: reach } = deferred();
  return {
    reached,
    open,
    pass: async () => {
      reach();
      await opened;
    },
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export function deferred(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** Rejects with the signal's reason when it aborts. It never resolves. */
export function rejectOnAbort(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal === undefined) return;
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

export async function turns(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await turn();
}

/** After this many turns nothing of a program runs any more. */
const TURNS_TO_REST = 40;

export async function rest(): Promise<void> {
  await turns(TURNS_TO_REST);
}

/** Waits turns of the event loop until the condition holds, at most `limit`. The caller asserts the condition. */
export async function settle(condition: () => boolean, limit = 200): Promise<void> {
  for (let count = 0; count < limit && !condition(); count++) await turn();
}
