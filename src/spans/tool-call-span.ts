/**
 * The execute_tool span of one tool call, and the way back to it from the context that its work runs in.
 */
import type { Context, Span } from "@opentelemetry/api";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import type { SpanStart } from "./tracing.ts";

/** Of the contexts that are asked about: where nobody asks, keeping them would cost a call more than its attributes do. */
let spans: WeakMap<Context, ToolCallSpan> | undefined;

/** From now on `toolCallIn` finds the spans that start. */
export function trackToolCalls(): void {
  spans ??= new WeakMap();
}

export class ToolCallSpan extends OpenSpan {
  /** Whether the tool is one of an MCP server: its client was seen to send the call. */
  isOfMCP = false;

  readonly #isExecuted: boolean;

  /** @param startedWallMs of a call that is only told of; milliseconds since the epoch */
  constructor(span: Span, parent: SpanParent, start: SpanStart, startedWallMs?: number) {
    super(span, parent, start, startedWallMs);
    this.#isExecuted = startedWallMs === undefined;
    spans?.set(this.context, this);
  }

  /** Of a call that is only told of nobody knows. */
  protected override secondsUntil(endedMs: number): number | undefined {
    return this.#isExecuted ? super.secondsUntil(endedMs) : undefined;
  }
}

/** The span whose own context is the active one; `undefined` below another span or in another turn. */
export function toolCallIn(active: Context): ToolCallSpan | undefined {
  return spans?.get(active);
}
