/**
 * The execute_tool span of one tool call.
 */
import type { Context, Span } from "@opentelemetry/api";
import type { Outcome, ToolCall, Turn } from "../semconv/records.ts";
import { readableId } from "../semconv/span-attributes.ts";
import { OpenSpan, type SpanParent } from "./open-span.ts";
import {
  openToolCallIn,
  removeToolCall,
  withOpenToolCall,
  type MCPRequest,
  type OpenToolCall,
} from "./open-tool-call.ts";
import type { SpanStart } from "./tracing.ts";

/** The open call of this copy whose context is the active one; `undefined` below another span. */
export function toolCallIn(active: Context): ToolCallSpan | undefined {
  const call = openToolCallIn(active);
  return call instanceof ToolCallSpan ? call : undefined;
}

/** A call that was reported, and that nothing of ours executes. */
export interface ReportedCall {
  /** When it took place, where that is not now; monotonic milliseconds. */
  readonly atMs: number | undefined;
}

/** What samplers look at. */
export function toolCallStart(
  { toolName, toolType = "function" }: ToolCall,
  agentName: SpanStart["agentName"],
): SpanStart {
  return { operation: "execute_tool", toolName, toolType, agentName };
}

export class ToolCallSpan extends OpenSpan implements OpenToolCall {
  /** Whether the tool is one of an MCP server: its client was seen to send the call. */
  isOfMCP = false;

  readonly #isExecuted: boolean;
  #tool: ToolCall | undefined;

  constructor(span: Span, parent: SpanParent, start: SpanStart, reported: ReportedCall | undefined) {
    super(span, parent, start, reported?.atMs);
    this.#isExecuted = !reported;
  }

  /** Records what samplers do not look at. */
  describe(tool: ToolCall, conversationId: Turn["identity"]["conversationId"]): void {
    const { toolCallId, toolApproval, toolRepaired, toolPending } = tool;
    this.#tool = tool;
    this.learn({ toolCallId: readableId(toolCallId), toolApproval, toolRepaired, toolPending });
    if (conversationId) this.set({ conversationId });
  }

  isExecutionOf(toolName: string, toolCallId: string, execute: unknown): boolean {
    const tool = this.#tool;
    if (tool?.toolCallId !== toolCallId) return false;
    return tool.toolName === toolName || this.parent.executeOf?.(tool.toolName) === execute;
  }

  /** Whether it is a call of that run. */
  isOf(run: SpanParent): boolean {
    return this.parent === run;
  }

  protected override within(context: Context): Context {
    return withOpenToolCall(super.within(context), this);
  }

  onMCPRequest({ method, requestId, sessionId, protocolVersion }: MCPRequest): void {
    this.isOfMCP = true;
    // The conventions put what is known of the request on the tool's span, instead of a client span below it.
    this.set({
      mcpMethod: method,
      mcpRequestId: requestId,
      mcpSessionId: sessionId,
      mcpProtocolVersion: protocolVersion,
    });
  }

  override end(outcome: Outcome, endedMs?: number): void {
    super.end(outcome, endedMs);
    removeToolCall(this.context);
  }

  /** A call that was only reported has no known duration. */
  protected override secondsUntil(endedMs: number): number | undefined {
    return this.#isExecuted ? super.secondsUntil(endedMs) : undefined;
  }
}

/** A call that the program makes itself, not by the SDK. It alone says what the caller says of the turn. */
export class DirectToolCall extends ToolCallSpan {
  /** The place to remove listeners and timers. */
  onEnd: (() => void) | undefined;

  constructor(span: Span, parent: SpanParent, start: SpanStart, turn: Turn) {
    super(span, parent, start, undefined);
    this.setMetadata(turn.metadata);
  }

  override isExecutionOf(): boolean {
    return false;
  }

  override end(outcome: Outcome, endedMs?: number): void {
    super.end(outcome, endedMs);
    this.onEnd?.();
  }
}
