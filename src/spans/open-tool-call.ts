/**
 * The tool call that is open in a context, for whoever knows more about it: the entry for MCP. The call may be one of
 * another copy of ai-spans, so it is known by its shape alone (docs/why/decisions/2026-11-29-what-copies-share.md).
 */
import { createContextKey, trace, type Context } from "@opentelemetry/api";
import { activeContext } from "./context.ts";

/** The same symbol in every copy. A shape that changes gets another number. */
const CALL_KEY = createContextKey("ai-spans.tool-call.v1");

/** What an MCP client sends to call a tool. */
export interface MCPRequest {
  readonly method: string;
  readonly requestId: string;
  readonly sessionId: string | undefined;
  readonly protocolVersion: string | undefined;
}

export interface OpenToolCall {
  /** With the call's span active. */
  readonly context: Context;
  /** The tool is one of an MCP server. */
  onMCPRequest(request: MCPRequest): void;
  /**
   * Whether it is the SDK's execution of that call. Older copies do not say it.
   *
   * @param execute of the tool in question, which a set may have under another name
   */
  isExecutionOf?(toolName: string, toolCallId: string, execute: unknown): boolean;
}

/** The call whose synchronous part runs: there it is known without a context manager. */
let entered: OpenToolCall | undefined;

/** Runs the execution of a call, so that `isExecuting` knows it. */
export function enterToolCall<T>(call: OpenToolCall, work: () => T): T {
  const before = entered;
  entered = call;
  try {
    return work();
  } finally {
    entered = before;
  }
}

/** Whether the SDK executes that call here, and the call has its span. */
export function isExecuting(toolName: string, toolCallId: string, execute: unknown): boolean {
  const calls = [entered, openToolCallIn(activeContext())];
  return calls.some((call) => call?.isExecutionOf?.(toolName, toolCallId, execute) === true);
}

/** Contexts may outlive what goes on in them: they hold a call no longer than it is open. */
interface Holder {
  call?: Partial<OpenToolCall> | undefined;
}

function holderIn(context: Context): Holder | undefined {
  const holder = context.getValue(CALL_KEY);
  // Any copy may have written it: what it holds is checked where it is used.
  return typeof holder === "object" && holder !== null ? holder : undefined;
}

export function withOpenToolCall(context: Context, call: OpenToolCall): Context {
  return context.setValue(CALL_KEY, { call });
}

/** The call has ended: neither its context nor one that comes from it holds it any more. */
export function removeToolCall(context: Context): void {
  const holder = holderIn(context);
  if (holder) holder.call = undefined;
}

/** The open call whose context is the active one, with whatever was put into it since; `undefined` below another span. */
export function openToolCallIn(active: Context): OpenToolCall | undefined {
  const call = holderIn(active)?.call;
  if (typeof call?.onMCPRequest !== "function" || !call.context) return undefined;
  // Both of its members are there.
  return trace.getSpan(active) === trace.getSpan(call.context) ? (call as OpenToolCall) : undefined;
}
