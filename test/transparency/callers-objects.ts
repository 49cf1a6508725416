/**
 * The program's model, tool and set of tools, in a run with two tool calls, and the views that the SDK gets instead.
 */
import { callsTool, says } from "../conformance/script.ts";
import type { CallParameters, Major, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";

export const OBJECT_KINDS = ["model", "tool", "tools"] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export type CallersObjects = Readonly<Record<ObjectKind, object>> & { readonly parameters: CallParameters };

/** The operations of the run. */
export const SPANS: readonly string[] = [
  "invoke_agent",
  "chat",
  "execute_tool",
  "chat",
  "execute_tool",
  "chat",
];

/** Parameters of a run with two tool calls, one after the other, and the program's objects in them. */
export function objectsOf(
  major: Major,
  sdk: SDK,
  onExecute: (own: CallersObjects) => unknown = () => 2,
): CallersObjects {
  const tool = { inputSchema: sdk.jsonSchema({ type: "object" }), execute: () => onExecute(own) };
  const tools = { searchRooms: tool };
  const script = [callsTool("searchRooms", "call-1"), callsTool("searchRooms", "call-2"), says("two")];
  const { model } = scriptedModel(major, script);
  const parameters = { model, tools, prompt: "a room", stopWhen: major.stepCount(5) };
  const own: CallersObjects = { tools, tool, model, parameters };
  return own;
}

/** The view that the SDK gets instead of the program's object. */
export function viewIn(parameters: CallParameters, kind: ObjectKind): object {
  const of = kind === "tool" ? (parameters["tools"] as CallParameters) : parameters;
  return of[kind === "tool" ? "searchRooms" : kind] as object;
}
