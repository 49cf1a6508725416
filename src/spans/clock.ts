/**
 * Monotonic and wall time in milliseconds, both taken when the module loads: programs and tests that stub the clocks
 * later see no call of ours. All our times are monotonic; `timeOn` turns one into a time on a span's own clock.
 */
import type { HrTime, Span, TimeInput } from "@opentelemetry/api";

const performanceClock: Performance | undefined = globalThis.performance;

/** Milliseconds since the epoch. */
export const wallMs: () => number = Date.now;

/** Monotonic milliseconds. */
export const monotonicMs: () => number = performanceClock?.now.bind(performanceClock) ?? wallMs;

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
 */
export function timeOn(span: Span, startedMs: number, atMs: number): TimeInput {
  const elapsedNs = Math.round(Math.max(0, atMs - startedMs) * 1_000_000);
  const { startTime } = span as { readonly startTime?: HrTime };
  if (!Array.isArray(startTime) || !startTime.every(Number.isFinite)) return wallMs() - monotonicMs() + atMs;
  const [seconds, nanoseconds] = startTime;
  const total = nanoseconds + elapsedNs;
  return [seconds + Math.floor(total / SECOND_NS), total % SECOND_NS];
}
