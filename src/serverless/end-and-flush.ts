/**
 * Ends all open runs and flushes, in portions. The queue of a `BatchSpanProcessor` holds 2,048 spans by default and drops
 * what comes above that. A server with a thousand open streams would fill it in one turn of the event loop.
 */
import { monotonicMs } from "../foundation/clock.ts";
import { endOpenWork, hasOpenWork } from "../spans/open-work.ts";
import { flushProviders } from "./providers.ts";

/** With two or three open spans in a run, a portion is a third of the queue. */
const RUNS_OF_A_PORTION = 256;

/**
 * Never rejects. The first portion ends at once. Runs that start meanwhile, by requests that were on their way, end with
 * the next portion. When the time is over, all that is left ends at once.
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
  let isLast: boolean;
  do {
    isLast = !(leftMs() > 1);
    endOpenWork(isLast ? Infinity : RUNS_OF_A_PORTION);
    await flushProviders(providers, leftMs());
  } while (!isLast && hasOpenWork());
}
