/**
 * What a process uses: processor time, delays of its event loop, memory at its peak and at rest.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

export interface Usage {
  readonly cpuMs: number;
  /** The delays beyond the resolution of the monitor; milliseconds. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly peakHeapBytes: number;
  readonly peakRssBytes: number;
}

export interface Rest {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** What was still open after the wait. */
  readonly open: number;
}

const RESOLUTION_MS = 10;
const SAMPLE_MS = 200;
const COLLECTIONS = 8;
const PAUSE_MS = 100;
/** Longer than the idle deadline of the chat server. */
const LONGEST_WAIT_MS = 60_000;

export class ResourceMeter {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #cpu = process.cpuUsage();
  #peakHeap = 0;
  #peakRss = 0;
  #timer: NodeJS.Timeout | undefined;

  begin(): boolean {
    this.#cpu = process.cpuUsage();
    this.#peakHeap = 0;
    this.#peakRss = 0;
    this.#delays.reset();
    this.#delays.enable();
    this.#timer = setInterval(() => {
      const { heapUsed, rss } = process.memoryUsage();
      this.#peakHeap = Math.max(this.#peakHeap, heapUsed);
      this.#peakRss = Math.max(this.#peakRss, rss);
    }, SAMPLE_MS);
    return true;
  }

  end(): Usage {
    clearInterval(this.#timer);
    this.#delays.disable();
    const { user, system } = process.cpuUsage(this.#cpu);
    const beyond = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    return {
      cpuMs: (user + system) / 1_000,
      loopDelayMs: {
        p50: beyond(this.#delays.percentile(50)),
        p99: beyond(this.#delays.percentile(99)),
        max: beyond(this.#delays.max),
      },
      peakHeapBytes: this.#peakHeap,
      peakRssBytes: this.#peakRss,
    };
  }

  /**
   * Collects garbage until nothing is open and the heap has settled.
   *
   * @param countOpen what must have ended
   */
  async rest(countOpen: () => number): Promise<Rest> {
    const { gc } = globalThis;
    if (!gc) throw new Error("the server needs --expose-gc");
    const untilMs = Date.now() + LONGEST_WAIT_MS;
    let heapBytes = Infinity;
    for (let collections = 0; collections < COLLECTIONS || countOpen() > 0; collections++) {
      if (Date.now() > untilMs) break;
      gc();
      // Finalizers and closed sockets need turns of the event loop.
      await wait(PAUSE_MS);
      heapBytes = Math.min(heapBytes, process.memoryUsage().heapUsed);
    }
    gc();
    heapBytes = Math.min(heapBytes, process.memoryUsage().heapUsed);
    return { heapBytes, rssBytes: process.memoryUsage().rss, open: countOpen() };
  }
}
