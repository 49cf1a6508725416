/**
 * Turns a monotonic time into a time on a span's own clock, and two of them into a duration.
 */
import type { HrTime, Span, TimeInput } from "@opentelemetry/api";
import { isClockReplaced, monotonicMs, wallMs } from "../foundation/clock.ts";
import { finiteNumber } from "../foundation/structure.ts";

const SECOND_NS = 1_000_000_000;

/**
 * A moment on the clock that the span's tracer started it by: a stubbed or stepped `Date` moves both ends of the span.
 * The spans of OpenTelemetry's SDKs (1 to 3) show when they started; with others the wall clock is all there is.
 *
 * @param atMs monotonic; not before `startedMs`, or the span's start is meant
 * @returns `undefined` where a clock has failed or was replaced: the tracer's own clock dates the moment
 */
export function timeOn(span: Span, startedMs: number, atMs: number): TimeInput | undefined {
  if (isClockReplaced()) return undefined;
  const { startTime } = span as { readonly startTime?: HrTime };
  if (!Array.isArray(startTime) || !startTime.every(Number.isFinite)) {
    return finiteNumber(wallMs() - monotonicMs() + atMs);
  }
  const elapsedNs = finiteNumber(Math.round(Math.max(0, atMs - startedMs) * 1_000_000));
  if (elapsedNs === undefined) return undefined;
  const [seconds, nanoseconds] = startTime;
  const total = nanoseconds + elapsedNs;
  return [seconds + Math.floor(total / SECOND_NS), total % SECOND_NS];
}

/** From one moment to another, neither of which a failed clock has given. */
export function secondsBetween(startedMs: number, endedMs: number): number | undefined {
  return finiteNumber(Math.max(0, endedMs - startedMs) / 1000);
}
