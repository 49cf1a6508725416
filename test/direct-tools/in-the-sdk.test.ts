/**
 * Wrapped tools in the hands of the SDK: the run traces what it executes, under whatever name it has the tool, and a call
 * that wants no telemetry has none.
 */
import { wrapAgent, wrapTool } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, callText, says } from "../conformance/script.ts";
import { agentClassOf } from "../support/agents.ts";
import { turn } from "../support/gate.ts";
import type { CallParameters, Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ADAPTERS, WAYS, WRAPPERS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { traced, untrace } from "../harness/stage.ts";
import { toolOn } from "./directly.ts";

afterEach(untrace);

const ofNobody = { agent: null } as const;

function loopOn(major: Major, toolName: string, tools: object): CallParameters {
  return {
    model: scriptedModel(major, [callsTool(toolName, "call-1"), says("two")]).model,
    tools,
    stopWhen: major.stepCount(5),
  };
}

function loopSpan(toolName: string, streaming = false): ExpectedSpan {
  return agentSpan({ name: null, usage: { input: 20, output: 10 } }, [
    chatSpan({ streaming, finish: "tool_call" }),
    toolSpan(toolName, "call-1", ofNobody),
    chatSpan({ streaming }),
  ]);
}

describe.each(WAYS)("$title", (way) => {
  const { major } = way;

  test("the program gets the same as without ai-spans", async () => {
    const { telemetry } = await compare(way, async (sdk) => {
      const executions: unknown[] = [];
      const types: string[] = [];
      const tool = toolOn(major, async function* (input, options) {
        executions.push(input, Object.keys(options ?? {}));
        yield 1;
        yield 2;
      });
      const wrapped = wrapTool("searchRooms", tool);
      const parameters = { ...loopOn(major, "searchRooms", { searchRooms: wrapped }), prompt: "a room" };
      for await (const { type } of sdk.streamText(parameters).fullStream) types.push(type);
      return { executions, types };
    });
    await expectSpanTree(telemetry, loopSpan("searchRooms", true));
  });

  test.each<[string, (tool: object) => object]>([
    ["a tool", (tool) => tool],
    ["a copy of a tool", (tool) => ({ ...tool })],
  ])("%s under another name has the name that the SDK calls it by", async (_name, inSet) => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    await traced(way).generateText({ ...loopOn(major, "rooms", { rooms: inSet(tool) }), prompt: "a room" });
    await expectSpanTree(telemetry, loopSpan("rooms"));
  });

  test("a tool that calls another one with its own options has a span for each", async () => {
    const telemetry = setupTelemetry();
    const inner = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    const rooms = toolOn(major, async (input, options) => inner.execute(input, options));
    await traced(way).generateText({ ...loopOn(major, "rooms", { rooms }), prompt: "a room" });
    const [first, tool, last] = loopSpan("rooms").children ?? [];
    const nested = { ...tool!, children: [toolSpan("searchRooms", "call-1", ofNobody)] };
    await expectSpanTree(telemetry, { ...loopSpan("rooms"), children: [first!, nested, last!] });
  });
});

describe.each(WRAPPERS)("$title", (way) => {
  const { major } = way;

  test("an agent that wrapAgent wraps executes it once", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    const Agent = agentClassOf(major.ai);
    const agent = wrapAgent(new Agent(loopOn(major, "searchRooms", { searchRooms: tool })));
    await agent.generate({ prompt: "a room" });
    await expectSpanTree(telemetry, loopSpan("searchRooms"));
  });

  test("a bare SDK's execution is a call like any other", async () => {
    const telemetry = setupTelemetry();
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, async () => 2),
    );
    await major.ai.generateText({
      ...loopOn(major, "searchRooms", { searchRooms: tool }),
      prompt: "a room",
    });
    await expectSpanTree(telemetry, toolSpan("searchRooms", "call-1", ofNobody));
  });

  test.each([false, true])(
    "a call that wants no telemetry has no span of its tools, streaming: %s",
    async (streaming) => {
      const telemetry = setupTelemetry();
      const sdk = traced(way);
      const tool = wrapTool(
        "searchRooms",
        toolOn(major, async () => 2),
      );
      const settings = { isEnabled: false };
      const parameters = {
        ...loopOn(major, "searchRooms", { searchRooms: tool }),
        ...(major.name === "v7" ? { telemetry: settings } : { experimental_telemetry: settings }),
        prompt: "a room",
      };
      await callText(sdk, streaming, parameters);
      await turn();
      expect(telemetry.started).toEqual([]);
      // What runs after it is traced as ever.
      await tool.execute({}, { toolCallId: "call-2" });
      await expectSpanTree(telemetry, toolSpan("searchRooms", "call-2", ofNobody));
    },
  );

  test("a run inside a call that wants no telemetry is traced, and so are the tools below it", async () => {
    const telemetry = setupTelemetry();
    const sdk = traced(way);
    const settings = { isEnabled: false };
    const inner = wrapTool(
      "checkVisa",
      toolOn(major, async () => 1),
    );
    const searchRooms = toolOn(major, async (_input, options) => {
      const nested = toolOn(major, async () => inner.execute({}, options));
      return sdk.generateText({ ...loopOn(major, "rooms", { rooms: nested }), prompt: "a room" });
    });
    await sdk.generateText({
      ...loopOn(major, "searchRooms", { searchRooms }),
      ...(major.name === "v7" ? { telemetry: settings } : { experimental_telemetry: settings }),
      prompt: "a room",
    });
    await expectSpanTree(
      telemetry,
      agentSpan({ name: null, usage: { input: 20, output: 10 } }, [
        chatSpan({ finish: "tool_call" }),
        toolSpan("rooms", "call-1", ofNobody, [toolSpan("checkVisa", "call-1", ofNobody)]),
        chatSpan(),
      ]),
    );
  });
});

test("the adapter is not notified of a call that wants no telemetry: the tool's span is a root", async () => {
  const telemetry = setupTelemetry();
  const [adapter] = ADAPTERS;
  if (!adapter) throw new Error("no major has an adapter");
  const { major } = adapter;
  const tool = wrapTool(
    "searchRooms",
    toolOn(major, async () => 2),
  );
  await traced(adapter).generateText({
    ...loopOn(major, "searchRooms", { searchRooms: tool }),
    telemetry: { isEnabled: false },
    prompt: "a room",
  });
  await expectSpanTree(telemetry, toolSpan("searchRooms", "call-1", ofNobody));
});
