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
