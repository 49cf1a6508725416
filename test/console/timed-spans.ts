/**
 * Spans of a real tracer with times of their own, so that a test knows each number and each bar.
 */
import { context, trace, type Span, type SpanOptions } from "@opentelemetry/api";
import type { Printing } from "./printed.ts";

const START_MS = Date.UTC(2027, 2, 12);

export interface TimedSpan extends SpanOptions {
  readonly name: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly error?: boolean;
  /** The operation of the conventions. Default: none, so it is a span of somebody else. */
  readonly operation?: string;
  readonly below?: readonly TimedSpan[];
  /** Whether it stays open. */
  readonly isOpen?: boolean;
}

/** Makes the span and those below it, which end first. */
export function makeSpans(printing: Printing, timed: TimedSpan, parent?: Span): Span {
  const { name, fromMs = 0, toMs = fromMs, error, operation, below = [], isOpen, ...options } = timed;
  const within = parent ? trace.setSpan(context.active(), parent) : context.active();
  const span = printing.provider.getTracer("application").startSpan(
    name,
    {
      ...options,
      startTime: START_MS + fromMs,
      attributes: { ...(operation && { "gen_ai.operation.name": operation }), ...options.attributes },
    },
    within,
  );
  for (const child of below) makeSpans(printing, child, span);
  if (error) span.setStatus({ code: 2 });
  if (!isOpen) span.end(START_MS + toMs);
  return span;
}

/** A run with each column and each outcome. */
export const RUN: TimedSpan = {
  name: "invoke_agent booking-agent",
  operation: "invoke_agent",
  toMs: 75_300,
  attributes: { "gen_ai.usage.input_tokens": 12_345, "gen_ai.usage.output_tokens": 678 },
  below: [
    {
      name: "chat gpt-4o",
      operation: "chat",
      toMs: 30_000,
      attributes: {
        "gen_ai.usage.input_tokens": 12_345,
        "gen_ai.usage.output_tokens": 678,
        "gen_ai.response.time_to_first_chunk": 0.4,
        "ai_spans.retry.count": 2,
      },
      below: [{ name: "POST", fromMs: 10_000, toMs: 29_999 }],
    },
    {
      name: "execute_tool searchRooms",
      operation: "execute_tool",
      fromMs: 30_000,
      toMs: 60_000,
      error: true,
      attributes: { "error.type": "RangeError" },
    },
    {
      name: "execute_tool payRoom",
      operation: "execute_tool",
      fromMs: 60_001,
      attributes: { "ai_spans.tool.approval": "requested" },
    },
    {
      name: "execute_tool openDoor",
      operation: "execute_tool",
      fromMs: 60_002,
      attributes: { "ai_spans.tool.pending": true },
    },
    {
      name: "chat gpt-4o",
      operation: "chat",
      fromMs: 60_003,
      toMs: 75_300,
      attributes: {
        "ai_spans.canceled": true,
        "ai_spans.cancel.cause": "consumer",
        "gen_ai.usage.input_tokens": 9,
      },
    },
  ],
};
