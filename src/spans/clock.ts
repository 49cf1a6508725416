/**
 * Monotonic and wall time in milliseconds, both taken when the module loads: programs and tests that stub the clocks
 * later see no call of ours. All our times are monotonic; `timeOn` turns one into a time on a span's own clock. A clock that
 * throws gives NaN, of which nothing is recorded: the spans go on without what it would have dated.
 */
import { report } from "../containment.ts";
import type { HrTime, Span, TimeInput } from "@opentelemetry/api";

const performanceClock: Performance | undefined = globalThis.performance;
const platformNow = performanceClock?.now;

/** Milliseconds since the epoch. */
export const wallMs: () => number = containedClock(Date.now);

/** Monotonic milliseconds. */
export const monotonicMs: () => number = performanceClock
  ? containedClock(performanceClock.now.bind(performanceClock))
  : wallMs;

/** The tracer may count by another clock than ours: a test has replaced the platform's since. */
function isReplaced(): boolean {
  return performanceClock?.now !== platformNow;
}

function containedClock(now: () => number): () => number {
  return () => {
    try {
      return now();
    } catch (error) {
      report("clock", error);
      return Number.NaN;
    }
  };
}

/** The monotonic time of a moment on the wall clock. */
export function monotonicAt(atWallMs: number): number {
  return monotonicMs() - wallMs() + atWallMs;
}

const SECOND_NS = 1_000_000_000;

/**
 * A moment on the clock that the span's tracer started it by: a stubbed or stepped `Date` moves both ends of the span.
 * The spans of OpenTelemetry's SDKs (1 to 3) show when they started; with others the wall clock is all there is.
 *
 * @param atMs monotonic; not before `startedMs`, or the span's start is meant
 * @returns `undefined` where a clock has failed or was replaced: the tracer's own clock dates the moment
 */
export function timeOn(span: Span, startedMs: number, atMs: number): TimeInput | undefined {
  if (isReplaced()) return undefined;
  const { startTime } = span as { readonly startTime?: HrTime };
  if (!Array.isArray(startTime) || !startTime.every(Number.isFinite)) {
    return finite(wallMs() - monotonicMs() + atMs);
  }
  const elapsedNs = finite(Math.round(Math.max(0, atMs - startedMs) * 1_000_000));
  if (elapsedNs === undefined) return undefined;
  const [seconds, nanoseconds] = startTime;
  const total = nanoseconds + elapsedNs;
  return [seconds + Math.floor(total / SECOND_NS), total % SECOND_NS];
}

/** From one moment to another, neither of which a failed clock has given. */
export function secondsBetween(startedMs: number, endedMs: number): number | undefined {
  return finite(Math.max(0, endedMs - startedMs) / 1000);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
