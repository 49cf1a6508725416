/**
 * The execute_tool span of one tool call.
 */
import type { Context } from "@opentelemetry/api";
import type { Outcome, ToolCall, Turn } from "../semconv/records.ts";
import { readableId } from "../semconv/span-attributes.ts";
import { OpenSpan, type Opening, type SpanParent } from "./open-span.ts";
import {
  openToolCallIn,
  removeToolCall,
  withOpenToolCall,
  type MCPRequest,
  type OpenToolCall,
} from "./open-tool-call.ts";
import type { SpanStart } from "./tracing.ts";

/** @returns the open call of this copy whose span is the active span; `undefined` if another span is active */
export function toolCallIn(active: Context): ToolCallSpan | undefined {
  const call = openToolCallIn(active);
  return call instanceof ToolCallSpan ? call : undefined;
}

/** When a tool call took place that the SDK only reported. We do not observe the execution of such a call. */
export interface ReportedTime {
  /** Monotonic milliseconds; `undefined` means now. */
  readonly atMs: number | undefined;
}

/** The record of the span's start, from which samplers decide. */
export function toolCallStart(
  { toolName, toolType = "function" }: ToolCall,
  agentName: SpanStart["agentName"],
): SpanStart {
  return { operation: "execute_tool", toolName, toolType, agentName };
}

export class ToolCallSpan extends OpenSpan implements OpenToolCall {
  /** Whether the tool belongs to an MCP server. It does if an MCP client has sent the call. */
  isOfMCP = false;

  readonly #isExecuted: boolean;
  #tool: ToolCall | undefined;

  constructor(opening: Opening, reported: ReportedTime | undefined) {
    super({ ...opening, startedMs: reported?.atMs });
    this.#isExecuted = !reported;
  }

  /** Records the attributes that are not in the record of the start. */
  describe(tool: ToolCall, conversationId: Turn["identity"]["conversationId"]): void {
    const { toolCallId, toolApproval, toolRepaired, toolPending } = tool;
    this.#tool = tool;
    this.update({ toolCallId: readableId(toolCallId), toolApproval, toolRepaired, toolPending });
    if (conversationId) this.set({ conversationId });
  }

  isExecutionOf(toolName: string, toolCallId: string, execute: unknown): boolean {
    const tool = this.#tool;
    if (tool?.toolCallId !== toolCallId) return false;
    return tool.toolName === toolName || this.parent.executeOf?.(tool.toolName) === execute;
  }

  /** Whether the call belongs to the run. */
  isOf(run: SpanParent): boolean {
    return this.parent === run;
  }

  protected override contextWithSpan(context: Context): Context {
    return withOpenToolCall(super.contextWithSpan(context), this);
  }

  onMCPRequest({ method, requestId, sessionId, protocolVersion }: MCPRequest): void {
    this.isOfMCP = true;
    // By the conventions, the tool's span has the attributes of the MCP request, and the request gets no client span.
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

/** A tool call that the program makes itself, without the SDK. It has no run, so its span has the turn's metadata. */
export class DirectToolCall extends ToolCallSpan {
  /** Called when the call has ended, to remove listeners and timers. */
  onEnd: (() => void) | undefined;

  constructor(opening: Opening, turn: Turn) {
    super(opening, undefined);
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
