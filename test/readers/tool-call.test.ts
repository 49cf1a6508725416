/**
 * What the readers of tool calls read: types, names, ids, flags and error classes, and no content.
 */
import { describe, expect, test } from "vitest";
import {
  readDenied,
  readProviderTool,
  readProviderTools,
  readUnexecuted as readUnexecutedOf,
} from "../../src/readers/tool-call.ts";

const readUnexecuted = (step: unknown) => readUnexecutedOf(step, () => true);

/** Returns a proxy that collects the path of every property that is read. */
function watched(value: object, read: Set<string>, path = ""): object {
  return new Proxy(value, {
    get(target, key) {
      const inner: unknown = Reflect.get(target, key);
      const at = Array.isArray(target) ? path : `${path}.${String(key)}`;
      if (!Array.isArray(target)) read.add(at);
      return typeof inner === "object" && inner !== null ? watched(inner, read, at) : inner;
    },
    ownKeys(target) {
      read.add(`${path}.*`);
      return Reflect.ownKeys(target);
    },
  });
}

const said = {
  input: "said",
  output: { type: "text", value: "said" },
  result: "said",
  reason: "said",
  text: "said",
};
const call = { toolName: "searchRooms", toolCallId: "call-1", providerMetadata: { said }, ...said };

/** All paths that each reader may read. */
const LOOKS: Readonly<Record<string, [look: (value: never) => unknown, value: object, allowed: string[]]>> = {
  readProviderTool: [
    readProviderTool,
    { type: "tool-result", isError: true, ...call },
    [".type", ".preliminary", ".isError", ".toolName", ".toolCallId", ".providerExecuted"],
  ],
  readUnexecuted: [
    readUnexecuted,
    {
      content: [
        { type: "tool-call", invalid: true, error: { name: "AI_NoSuchToolError", message: "said" }, ...call },
        { type: "tool-call", ...call, toolCallId: "call-2" },
        { type: "tool-approval-request", toolCall: call, ...said },
        { type: "tool-approval-response", approved: false, toolCall: call, ...said },
        { type: "text", ...said },
      ],
      text: "said",
    },
    [
      ".content",
      ".content.type",
      ".content.toolCall",
      ".content.invalid",
      ".content.providerExecuted",
      ".content.isAutomatic",
      ".content.approved",
      ".content.toolName",
      ".content.toolCallId",
      ".content.error",
      ".content.error.name",
      ".content.error.statusCode",
      ".content.error.constructor",
      ".content.toolCall.toolName",
      ".content.toolCall.toolCallId",
      ".content.toolCall.providerExecuted",
    ],
  ],
  readDenied: [
    readDenied,
    [
      { role: "user", content: [call] },
      {
        role: "tool",
        content: [{ type: "tool-result", ...call, output: { ...said, type: "execution-denied" } }],
      },
    ],
    [
      ".content",
      ".content.output",
      ".content.output.type",
      ".content.toolName",
      ".content.toolCallId",
      ".content.providerExecuted",
    ],
  ],
  readProviderTools: [
    readProviderTools,
    [{ type: "provider", id: "openai.file_search", name: "searchFiles", args: { said } }],
    [".type", ".id", ".name"],
  ],
};

describe.each(Object.entries(LOOKS))("%s", (_name, [look, value, allowed]) => {
  test("reads no content", () => {
    const read = new Set<string>();
    const found = look(watched(value, read) as never);
    expect([...read].filter((path) => !allowed.includes(path))).toEqual([]);
    expect(JSON.stringify(found)).not.toContain("said");
    expect(JSON.stringify(found)).toMatch(/search(Rooms|Files)/);
  });
});

test.each([undefined, null, 42, "tool-call", [], [null], { content: [null, 42] }, { content: "tool-call" }])(
  "return no tool call for %j",
  (value) => {
    expect(readUnexecuted(value)).toEqual([]);
    expect(readDenied(value)).toEqual([]);
    expect(readProviderTools(value)).toEqual([]);
  },
);

test.each([
  { type: "tool-call", toolName: "searchRooms", toolCallId: "call-1" },
  { type: "tool-call", providerExecuted: true, toolCallId: "call-1" },
  { type: "tool-call", providerExecuted: true, toolName: "searchRooms" },
  { type: "tool-result", preliminary: true, toolName: "searchRooms", toolCallId: "call-1" },
])("%j is no call of a provider's tool", (part) => {
  expect(readProviderTool(part)).toBeUndefined();
});
