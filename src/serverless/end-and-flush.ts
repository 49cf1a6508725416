/**
 * Ends all open runs in portions, and flushes after each. The queue of a `BatchSpanProcessor` holds 2,048 spans by
 * default and drops all spans beyond that. A server with a thousand open streams would fill it in one turn of the event
 * loop.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { endOpenWork, hasOpenWork } from "../spans/open-work.ts";
import { flushProviders } from "./providers.ts";

/** The most runs of a portion. If a run has two or three open spans, a portion fills about a third of the queue. */
const RUNS_PER_PORTION = 256;

/**
 * Ends the first portion at once. Requests that had already arrived may start runs meanwhile, and these end with a
 * later portion. When the time is over, all runs that are left end together. Never rejects.
 *
 * @param timeoutMs the time for all flushes together
 */
export async function endAndFlush(
  providers: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<void> {
  const startMs = monotonicMs();
  // At least 1, because a timer cannot wait for less.
  const leftMs = (): number => Math.max(1, Math.ceil(timeoutMs - (monotonicMs() - startMs)));
  let isLast: boolean;
  do {
    isLast = !(leftMs() > 1);
    endOpenWork(isLast ? Infinity : RUNS_PER_PORTION);
    await flushProviders(providers, leftMs());
  } while (!isLast && hasOpenWork());
}
