/**
 * Converts a monotonic time to a time on the clock of a span, and two monotonic times to a duration.
 */
import type { HrTime, Span, TimeInput } from "@opentelemetry/api";
import { isClockReplaced, monotonicMs, wallMs } from "../foundation/clock.ts";
import { finiteNumber } from "../foundation/structure.ts";

const SECOND_NS = 1_000_000_000;

/**
 * A moment on the clock with which the tracer started the span. The duration is then right even when `Date` is stubbed or
 * stepped. Spans of OpenTelemetry's SDKs (1 to 3) have a `startTime`; for other spans the wall clock is used.
 *
 * @param startedMs when the span started; monotonic milliseconds
 * @param atMs monotonic milliseconds; a value before `startedMs` counts as `startedMs`
 * @returns `undefined` where a clock has failed or was replaced; the tracer then takes the time from its clock
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
 * @returns seconds; `undefined` where a clock has failed and one of the times is NaN
 */
export function secondsBetween(startedMs: number, endedMs: number): number | undefined {
  return finiteNumber(Math.max(0, endedMs - startedMs) / 1000);
}
