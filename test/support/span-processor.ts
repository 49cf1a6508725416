/**
 * Span processors that only observe. They have nothing to flush.
 */
import type { Span, SpanProcessor, ReadableSpan } from "@opentelemetry/sdk-trace-base";

interface SpanObserver {
  readonly onStart?: (span: Span) => void;
  readonly onEnd?: (span: ReadableSpan) => void;
}

export function processorOf({ onStart = () => {}, onEnd = () => {} }: SpanObserver): SpanProcessor {
  return { onStart, onEnd, forceFlush: async () => {}, shutdown: async () => {} };
}

export interface CountingProcessor extends SpanProcessor {
  readonly started: number;
  readonly ended: number;
}

/** Counts spans and holds none, for tests of memory. */
export function countingProcessor(): CountingProcessor {
  const counts = { started: 0, ended: 0 };
  const counting = processorOf({
    onStart: () => void (counts.started += 1),
    onEnd: () => void (counts.ended += 1),
  });
  return Object.assign(counts, counting);
}
