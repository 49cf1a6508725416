/**
 * What the SDK and the caller's callbacks tell each other of tool calls: repairs and approvals.
 */
import { asRecord, isFunction, isRecord, stringOf, type UnknownFunction } from "../foundation/structure.ts";
import { observeResult } from "../runs/traced-work.ts";
import type { ToolCalls } from "../runs/tool-calls.ts";
import { cached, viewOf } from "./view.ts";

/** A policy for each tool, by its name: a status, or what gives one. */
export function observePolicies(policies: unknown, calls: ToolCalls): unknown {
  if (!isRecord(policies)) return policies;
  const show = (policy: unknown, toolName: PropertyKey): unknown => {
    if (isFunction(policy)) return observePolicy(policy, calls);
    if (isApproved(policy)) calls.onApproval(String(toolName));
    return policy;
  };
  return viewOf<object>(policies, cached(show));
}

function observePolicy(policy: UnknownFunction, calls: ToolCalls): UnknownFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const onValue = (status: unknown): void => recordApproval(status, args[1], calls);
    return observeResult(policy.apply(this, args), { onValue, onError() {} }, true);
  };
}

/** @param call the one whose status it is: a tool call, or what a tool is told of it */
export function recordApproval(status: unknown, call: unknown, calls: ToolCalls): void {
  const id = stringOf(asRecord(call)?.toolCallId);
  if (id && isApproved(status)) calls.onApproval(id);
}

/** `repairToolCall` gave a call in place of an invalid one. */
export function recordRepair(call: unknown, calls: ToolCalls): void {
  const id = stringOf(asRecord(call)?.toolCallId);
  if (id) calls.onRepair(id);
}

function isApproved(status: unknown): boolean {
  return (asRecord(status)?.type ?? status) === "approved";
}
