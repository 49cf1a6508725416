/**
 * Collects garbage on demand, for tests that run with `--expose-gc`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { turn } from "./gate.ts";

/**
 * After this many rounds nothing more is collected. Finalizers run between the rounds, and may make more values
 * unreachable.
 */
const ROUNDS = 20;
/** After this many rounds the engine has dropped compiled code and caches. */
const SETTLING_ROUNDS = 10;

/** Collects garbage until the condition holds, at most a fixed number of rounds. The caller asserts the condition. */
export async function collectUntil(condition: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && !condition(); round++) {
    await turn();
    collect();
    await turn();
  }
}

/** ai-spans holds a pending promise for a second before it observes the promise's collection. */
const PROMISE_HELD_MS = 1_500;

/** Waits until the collection of pending promises is observed, and then works like `collectUntil`. */
export async function collectPromisesUntil(condition: () => boolean): Promise<void> {
  await delay(PROMISE_HELD_MS);
  await collectUntil(condition);
}

/** The bytes of heap in use after all garbage is collected. */
export async function settledHeapBytes(): Promise<number> {
  let bytes = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    await turn();
    collect();
    const now = process.memoryUsage().heapUsed;
    if (round > SETTLING_ROUNDS && now >= bytes) return bytes;
    bytes = Math.min(bytes, now);
  }
  return bytes;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
}
