/**
 * Garbage collection on demand, for tests that run with `--expose-gc`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { turn } from "./gate.ts";

/** Rounds after which nothing more is collected: finalizers run between them, and may let go of more. */
const ROUNDS = 20;
/** The engine drops compiled code and caches only after some. */
const SETTLING_ROUNDS = 10;

/** Collects until the condition holds, at most a fixed number of rounds. The caller asserts what it wants. */
export async function collectUntil(condition: () => boolean): Promise<void> {
  for (let round = 0; round < ROUNDS && !condition(); round++) {
    await turn();
    collect();
    await turn();
  }
}

/** A pending promise is held for a second before its collection is observed. */
const PROMISE_HELD_MS = 1_500;

/** Waits until the collection of each pending promise is observed, and then as `collectUntil`. */
export async function collectPromisesUntil(condition: () => boolean): Promise<void> {
  await delay(PROMISE_HELD_MS);
  await collectUntil(condition);
}

/** Bytes in use when everything that can go is gone. */
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
