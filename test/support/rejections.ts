/**
 * Collects the unhandled rejections of a piece of work. Meanwhile the test runner does not get them.
 */
import { turns } from "./gate.ts";

/** Node reports a rejection after the microtasks. Some more turns catch the rejections at the end of the work. */
const TURNS_TO_REPORT = 3;

export async function collectRejections(work: () => Promise<void>): Promise<readonly unknown[]> {
  const rejections: unknown[] = [];
  const collect = (reason: unknown): void => void rejections.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", collect);
  try {
    await work();
    await turns(TURNS_TO_REPORT);
  } finally {
    process.off("unhandledRejection", collect);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  return rejections;
}
