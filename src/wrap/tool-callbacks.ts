/**
 * Reads approvals and repairs of tool calls from the results of the caller's callbacks.
 */
import { asRecord, isFunction, isRecord, stringOf, type UnknownFunction } from "../foundation/structure.ts";
import { observeResult } from "../spans/traced-work.ts";
import type { ToolCalls } from "../runs/tool-calls.ts";
import { cached, viewOf } from "./view.ts";

/**
 * Wraps approval policies.
 *
 * @param policies one policy per tool name: a status, or a function that returns a status
 */
export function observePolicies(policies: unknown, calls: ToolCalls): unknown {
  if (!isRecord(policies)) return policies;
  const replace = (policy: unknown, toolName: PropertyKey): unknown => {
    if (isFunction(policy)) return observePolicy(policy, calls);
    if (isApproved(policy)) calls.onApproval(String(toolName));
    return policy;
  };
  return viewOf<object>(policies, cached(replace));
}

function observePolicy(policy: UnknownFunction, calls: ToolCalls): UnknownFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const onValue = (status: unknown): void => recordApproval(status, args[1], calls);
    return observeResult(policy.apply(this, args), { onValue, onError() {} }, true);
  };
}

/**
 * Records that a tool call was approved.
 *
 * @param call an object with the id of the call: a tool call, or the options of a tool's execution
 */
export function recordApproval(status: unknown, call: unknown, calls: ToolCalls): void {
  const id = stringOf(asRecord(call)?.toolCallId);
  if (id && isApproved(status)) calls.onApproval(id);
}

/** Records that `repairToolCall` replaced an invalid call by the call that it returned. */
export function recordRepair(call: unknown, calls: ToolCalls): void {
  const id = stringOf(asRecord(call)?.toolCallId);
  if (id) calls.onRepair(id);
}

function isApproved(status: unknown): boolean {
  return (asRecord(status)?.type ?? status) === "approved";
}
