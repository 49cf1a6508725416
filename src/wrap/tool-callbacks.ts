/**
 * What the SDK and the caller's callbacks tell each other of tool calls: steps, repairs, approvals. The callbacks get and
 * give what they did before.
 */
import { contain } from "../guard.ts";
import { asRecord, isFunction, isRecord, stringOf, type UnknownFunction } from "../readers/guards.ts";
import { listen } from "../runs/traced-work.ts";
import type { ToolCalls } from "../runs/tool-calls.ts";
import { viewOf } from "./view.ts";

/** Who hears of the end of a step: the name in all majors, and the one that v7 prefers where it is given. */
const STEP_CALLBACKS = ["onStepFinish", "onStepEnd"] as const;

/** @param parameters changed in place: a copy of the caller's */
export function seeToolCalls(parameters: Record<PropertyKey, unknown>, calls: ToolCalls): void {
  // What has no tools is not listened to for our sake. An agent has its own, beside the parameters of its call.
  if (parameters.tools) parameters[STEP_CALLBACKS[0]] ??= () => {};
  for (const name of STEP_CALLBACKS) {
    const callback = parameters[name];
    if (!isFunction(callback)) continue;
    parameters[name] = function (this: unknown, ...args: unknown[]): unknown {
      contain("step", () => calls.onStep(args[0]));
      return callback.apply(this, args);
    };
  }
  const { toolApproval } = parameters;
  if (isFunction(toolApproval)) {
    parameters.toolApproval = seeApproval(toolApproval, calls, (args) => asRecord(args[0])?.toolCall);
  } else if (isRecord(toolApproval)) {
    parameters.toolApproval = viewOf<object>(toolApproval, Object.keys(toolApproval), (value, toolName) => {
      if (isFunction(value)) return seeApproval(value, calls, (args) => args[1]);
      if (isApproved(value)) calls.onApproval(String(toolName));
      return value;
    });
  }
}

/** `repairToolCall` gave a call in place of an invalid one. */
export function seeRepair(call: unknown, calls: ToolCalls): void {
  const id = stringOf(asRecord(call)?.toolCallId);
  if (id) calls.onRepair(id);
}

function seeApproval(
  approve: UnknownFunction,
  calls: ToolCalls,
  callOf: (args: unknown[]) => unknown,
): UnknownFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    return listen(
      approve.apply(this, args),
      {
        onValue(status) {
          const id = stringOf(asRecord(callOf(args))?.toolCallId);
          if (id && isApproved(status)) calls.onApproval(id);
        },
        onError() {},
      },
      true,
    );
  };
}

function isApproved(status: unknown): boolean {
  return (asRecord(status)?.type ?? status) === "approved";
}
