/**
 * Finds the open tool call of a context, so that the MCP entry can add attributes to its span. The call may belong to
 * another copy of ai-spans, so only its shape is checked (docs/why/decisions/2026-11-29-what-copies-share.md).
 */
import { createContextKey, trace, type Context } from "@opentelemetry/api";
import { activeContext } from "./context.ts";

/** The same key in every copy. When `OpenToolCall` changes its shape, the key gets another number. */
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
  /** An MCP client has sent the call, so the tool belongs to an MCP server. */
  onMCPRequest(request: MCPRequest): void;
  /**
   * Whether this call is the SDK's execution of the tool call. Older copies do not have this method.
   *
   * @param execute the tool's function; the run's set may have the tool under another name
   */
  isExecutionOf?(toolName: string, toolCallId: string, execute: unknown): boolean;
}

/** The call whose synchronous part runs. It is found there without a context manager. */
let entered: OpenToolCall | undefined;

/** Runs the execution of a call, in which `isExecuting` finds the call. */
export function enterToolCall<T>(call: OpenToolCall, work: () => T): T {
  const before = entered;
  entered = call;
  try {
    return work();
  } finally {
    entered = before;
  }
}

/** Whether the caller runs inside the SDK's execution of that call, which has a span. */
export function isExecuting(toolName: string, toolCallId: string, execute: unknown): boolean {
  const calls = [entered, openToolCallIn(activeContext())];
  return calls.some((call) => call?.isExecutionOf?.(toolName, toolCallId, execute) === true);
}

/** Contexts may outlive a call. The holder lets an ended call be removed from all contexts that have it. */
interface Holder {
  call?: Partial<OpenToolCall> | undefined;
}

function holderIn(context: Context): Holder | undefined {
  const holder = context.getValue(CALL_KEY);
  // Another copy may have written the value, so its members are checked where they are used.
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

/** @returns the open call whose span is the active span; `undefined` under another span, such as a child of the call's */
export function openToolCallIn(active: Context): OpenToolCall | undefined {
  const call = holderIn(active)?.call;
  if (typeof call?.onMCPRequest !== "function" || !call.context) return undefined;
  return trace.getSpan(active) === trace.getSpan(call.context) ? (call as OpenToolCall) : undefined;
}
