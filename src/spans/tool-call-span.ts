/**
 * The execute_tool span of one tool call, and the way back to it from the context that its work runs in.
 */
import type { Context, Span } from "@opentelemetry/api";
import { OpenSpan, type SpanParent } from "./open-span.ts";

const spans = new WeakMap<Context, ToolCallSpan>();

export class ToolCallSpan extends OpenSpan {
  /** Whether the tool is one of an MCP server: its client was seen to send the call. */
  isOfMCP = false;

  constructor(span: Span, parent: SpanParent) {
    super(span, parent);
    spans.set(this.context, this);
  }
}

/** The span whose own context is the active one; `undefined` below another span or in another turn. */
export function toolCallIn(active: Context): ToolCallSpan | undefined {
  return spans.get(active);
}
