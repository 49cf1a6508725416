/**
 * The faults of the receiver, and when they come.
 */

/** `down`: nothing listens. `hanging`: a request is read and never answered. `reset`: the connection is broken. */
export const FAULTS = ["healthy", "down", "429", "hanging", "slow", "reset"] as const;

export type Fault = (typeof FAULTS)[number];

/** The faults of a slice of the load, each for the same share of its time. Recovers at the end of each slice. */
const FAULTS_OF_TURNS: readonly (readonly Fault[])[] = [
  ["healthy", "down", "healthy", "429", "healthy"],
  ["healthy", "hanging", "healthy", "slow", "reset", "healthy"],
];

/** @returns the faults of each slice */
export function faultsOfSlices(turns: number): readonly (readonly Fault[])[] {
  return turns === 1 ? [FAULTS_OF_TURNS.flat()] : FAULTS_OF_TURNS;
}

/** Calls `set` with each fault at its time. The last one is `healthy`. */
export async function playFaults(
  faults: readonly Fault[],
  durationMs: number,
  set: (fault: Fault) => Promise<unknown>,
): Promise<void> {
  for (const fault of faults) {
    await set(fault);
    await new Promise((resolve) => setTimeout(resolve, durationMs / faults.length));
  }
  await set("healthy");
}
