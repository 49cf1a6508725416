/**
 * Finds the open tool call of a context. The MCP entry adds attributes to its span, and a tool of `wrapTool` opens no
 * second span for it. The call may belong to
 * another copy of ai-spans, with other classes. So only its shape is checked
 * (docs/why/decisions/2026-11-29-what-copies-share.md).
 */
import { createContextKey, trace, type Context } from "@opentelemetry/api";
import { activeContext } from "./context.ts";

/** The same key in every copy. A change of `OpenToolCall`'s shape needs a new number. */
const CALL_KEY = createContextKey("ai-spans.tool-call.v1");

/** The request by which an MCP client calls a tool. */
export interface MCPRequest {
  readonly method: string;
  readonly requestId: string;
  readonly sessionId: string | undefined;
  readonly protocolVersion: string | undefined;
}

export interface OpenToolCall {
  /** A context in which the call's span is active. */
  readonly context: Context;
  /** Called when an MCP client sends the call. So the tool belongs to an MCP server. */
  onMCPRequest(request: MCPRequest): void;
  /**
   * Whether this span is the SDK's execution of the named tool call. Calls of older copies do not have this method.
   *
   * @param execute the `execute` function of the tool. It identifies the tool if the run has the tool under another
   *   name.
   */
  isExecutionOf?(toolName: string, toolCallId: string, execute: unknown): boolean;
}

/** The call whose `execute` function is running synchronously. Without a context manager it is found only here. */
let entered: OpenToolCall | undefined;

/** Runs the execution of a call. Inside it, `isExecuting` finds the call. */
export function enterToolCall<T>(call: OpenToolCall, work: () => T): T {
  const before = entered;
  entered = call;
  try {
    return work();
  } finally {
    entered = before;
  }
}

/**
 * Whether the current code runs inside the SDK's execution of this tool call. Then the execution has a span already.
 */
export function isExecuting(toolName: string, toolCallId: string, execute: unknown): boolean {
  const calls = [entered, openToolCallIn(activeContext())];
  return calls.some((call) => call?.isExecutionOf?.(toolName, toolCallId, execute) === true);
}

/**
 * Refers to a call. Contexts store the holder, not the call, because contexts may outlive it. One change of the holder
 * removes an ended call from all of them.
 */
interface Holder {
  call?: Partial<OpenToolCall> | undefined;
}

function holderIn(context: Context): Holder | undefined {
  const holder = context.getValue(CALL_KEY);
  // Another copy of ai-spans may have written the value. So code that uses a member checks it first.
  return typeof holder === "object" && holder !== null ? holder : undefined;
}

export function withOpenToolCall(context: Context, call: OpenToolCall): Context {
  return context.setValue(CALL_KEY, { call });
}

/** Removes an ended call from its context and from all contexts that derive from it. */
export function removeToolCall(context: Context): void {
  const holder = holderIn(context);
  if (holder) holder.call = undefined;
}

/**
 * @returns the open call whose span is the active span. `undefined` if another span is active, such as a child of the
 *   call's span.
 */
export function openToolCallIn(active: Context): OpenToolCall | undefined {
  const call = holderIn(active)?.call;
  if (typeof call?.onMCPRequest !== "function" || !call.context) return undefined;
  return trace.getSpan(active) === trace.getSpan(call.context) ? (call as OpenToolCall) : undefined;
}
