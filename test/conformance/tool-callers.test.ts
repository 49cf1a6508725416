/**
 * Tools of v7 that the SDK replaces before it executes them: local tool callers (code mode) and tool search.
 */
import { experimental_toolCaller, toolSearch } from "ai";
import { describe, expect, test } from "vitest";
import type { CallParameters, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { agentSpan, chatSpan, toolSpan } from "./expected-spans.ts";
import { callsTool, drain, says } from "./script.ts";

type CalledTools = Readonly<Record<string, { execute(input: object, options: unknown): Promise<number> }>>;

const usage = { input: 20, output: 10 };
const ofNobody = { agent: null } as const;

function runOf(streaming: boolean, children: readonly ExpectedSpan[]): ExpectedSpan {
  return agentSpan({ name: null, usage }, [
    chatSpan({ streaming, finish: "tool_call" }),
    ...children,
    chatSpan({ streaming }),
  ]);
}

async function call(sdk: SDK, streaming: boolean, parameters: CallParameters): Promise<unknown> {
  const whole = { prompt: "a room", stopWhen: sdk.stepCountIs(5), ...parameters };
  if (streaming) return drain(sdk.streamText(whole));
  return (await sdk.generateText(whole)).text;
}

const ways = WAYS.filter(({ major }) => major.name === "v7");

describe.each(ways)("$title", (way) => {
  describe.each([false, true])("streaming: %s", (streaming) => {
    test("a local tool caller has a span, and the tools that it calls have spans below it", async () => {
      const { telemetry } = await compare(way, async (sdk, { tracer }) => {
        const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
        const made = (tools: CalledTools) => ({
          description: "runs code",
          inputSchema,
          execute: async (_input: object, options: unknown) => {
            tracer.startSpan("sandbox").end();
            return (await tools["countRooms"]?.execute({}, options)) ?? 0;
          },
        });
        const definition = { type: "local", bind: (tools: unknown) => made(tools as CalledTools) };
        const countRooms = sdk.tool({
          description: "counts",
          inputSchema,
          execute: async () => {
            tracer.startSpan("database").end();
            return 2;
          },
        });
        return call(sdk, streaming, {
          model: scriptedModel(way.major, [callsTool("runCode", "call-1"), says("two")]).model,
          tools: { runCode: experimental_toolCaller(made({}) as never, definition as never), countRooms },
          experimental_toolCallers: { countRooms: ["runCode"] },
        });
      });
      // The SDK reports only the tool calls of the model. The program itself executes what a tool caller calls.
      const inside =
        way.entry === "adapter"
          ? [{ name: "sandbox" }, { name: "database" }]
          : [{ name: "sandbox" }, toolSpan("countRooms", "call-1", ofNobody, [{ name: "database" }])];
      await expectSpanTree(telemetry, runOf(streaming, [toolSpan("runCode", "call-1", ofNobody, inside)]));
    });

    test("a tool search has a span", async () => {
      const { telemetry } = await compare(way, async (sdk, { tracer }) => {
        const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
        const countRooms = { description: "counts", deferLoading: true, inputSchema, execute: async () => 2 };
        const search = ({ tools }: { tools: readonly { readonly name: string }[] }) => {
          tracer.startSpan("index").end();
          return tools.map(({ name }) => name);
        };
        const input = { query: "rooms" };
        return call(sdk, streaming, {
          model: scriptedModel(way.major, [
            callsTool("findTools", "call-1", {
              parts: [{ toolCall: { name: "findTools", id: "call-1", input } }],
            }),
            says("two"),
          ]).model,
          tools: { findTools: toolSearch({ search }), countRooms: sdk.tool(countRooms) },
        });
      });
      const inside = [{ name: "index" }];
      await expectSpanTree(telemetry, runOf(streaming, [toolSpan("findTools", "call-1", ofNobody, inside)]));
    });
  });
});

test("other integrations get the same events of a call with a tool search as without us", async () => {
  const [wrapper] = ways;
  if (!wrapper) throw new Error("v7 has no wrapper");
  const { result } = await compare(wrapper, async (sdk) => {
    const calls: string[] = [];
    const integration = {
      onStart: () => calls.push("onStart"),
      executeTool: async ({ execute, toolCallId }: { execute: () => unknown; toolCallId: string }) => {
        calls.push(`executeTool ${toolCallId}`);
        return execute();
      },
    };
    const input = { query: "rooms" };
    await call(sdk, false, {
      model: scriptedModel(wrapper.major, [
        callsTool("findTools", "call-1", {
          parts: [{ toolCall: { name: "findTools", id: "call-1", input } }],
        }),
        says("two"),
      ]).model,
      tools: { findTools: toolSearch() },
      telemetry: { integrations: [integration] },
    });
    return calls;
  });
  expect(result).toEqual(["onStart", "executeTool call-1"]);
});
