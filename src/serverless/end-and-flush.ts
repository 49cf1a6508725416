/**
 * Ends all open runs and flushes, in portions. The queue of a `BatchSpanProcessor` holds 2,048 spans by default and drops
 * what comes above that. A server with a thousand open streams would fill it in one turn of the event loop.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { endOpenWork } from "../spans/open-work.ts";
import { flushProviders } from "./providers.ts";

/** With two or three open spans in a run, a portion is a third of the queue. */
const RUNS_OF_A_PORTION = 256;

/**
 * Never rejects. The first portion ends at once. When the time is over, all that is left ends at once.
 *
 * @param timeoutMs the time for all flushes together
 */
export async function endAndFlush(
  providers: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<void> {
  const startMs = monotonicMs();
  // At least one, because a timer needs that.
  const leftMs = (): number => Math.max(1, Math.ceil(timeoutMs - (monotonicMs() - startMs)));
  let isMore = endOpenWork(RUNS_OF_A_PORTION);
  while (isMore) {
    await flushProviders(providers, leftMs());
    isMore = endOpenWork(leftMs() > 1 ? RUNS_OF_A_PORTION : Infinity);
  }
  await flushProviders(providers, leftMs());
}
