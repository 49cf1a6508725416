/**
 * Converts a monotonic time to a time on a span's clock, and two monotonic times to a duration.
 */
import type { HrTime, Span, TimeInput } from "@opentelemetry/api";
import { isClockReplaced, monotonicMs, wallMs } from "../foundation/clock.ts";
import { finiteNumber } from "../foundation/structure.ts";

const SECOND_NS = 1_000_000_000;

/**
 * Converts a moment to the clock with which the tracer started the span. So the span's duration is right, even if the
 * program has replaced `Date` or the system's clock was changed. Spans of OpenTelemetry's SDKs (1 to 3) have a
 * `startTime`. For other spans the wall clock is used.
 *
 * @param startedMs when the span started; monotonic milliseconds
 * @param atMs the moment in monotonic milliseconds; a value before `startedMs` counts as `startedMs`
 * @returns `undefined` if a clock has failed or was replaced. The tracer then takes the time from its clock.
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

/**
 * The duration between two monotonic times.
 *
 * @returns seconds; `undefined` if one of the times is NaN, because a clock has failed
 */
export function secondsBetween(startedMs: number, endedMs: number): number | undefined {
  return finiteNumber(Math.max(0, endedMs - startedMs) / 1000);
}
