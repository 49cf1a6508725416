/**
 * The execute_tool span of one tool call.
 */
import type { Span } from "@opentelemetry/api";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import type { SpanStart } from "./tracing.ts";

export class ToolCallSpan extends OpenSpan {
  /** Whether the tool is one of an MCP server: its client was seen to send the call. */
  isOfMCP = false;

  readonly #isExecuted: boolean;

  /** @param startedWallMs of a call that is only told of; milliseconds since the epoch */
  constructor(span: Span, parent: SpanParent, start: SpanStart, startedWallMs?: number) {
    super(span, parent, start, startedWallMs);
    this.#isExecuted = startedWallMs === undefined;
  }

  /** Of a call that is only told of nobody knows. */
  protected override secondsUntil(endedMs: number): number | undefined {
    return this.#isExecuted ? super.secondsUntil(endedMs) : undefined;
  }
}
