/**
 * Tool calls that the SDK does not execute as the model made them: provider-executed tools, client tools, unknown
 * tools, invalid input and repaired calls.
 */
import { createGate } from "../../support/gate.ts";
import type { CallParameters, MajorName } from "../../support/majors.ts";
import { scriptedModel, type ScriptedPart } from "../../support/scripted-model.ts";
import { without } from "../adapted-trees.ts";
import { agentSpan, chatSpan, toolSpan, type ToolExpectation } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, callsTools, drain, readAnswer, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

/** A tool that the provider executes, defined as the provider packages of the major do it. */
function providerTool({ sdk, major }: ApplicationStage, id: string, more: object = {}): object {
  return {
    type: major.name === "v5" ? "provider-defined" : "provider",
    isProviderExecuted: true,
    id,
    name: id,
    args: {},
    inputSchema: sdk.jsonSchema({ type: "object" }),
    ...more,
  };
}

/** A tool whose result may come with the answer to a later request. */
function deferredTool(app: ApplicationStage): object {
  return providerTool(app, "anthropic.code_execution_20260120", { supportsDeferredResults: true });
}

/** A call of a tool that the provider executes. */
export function providerCall(toolName: string, toolCallId: string): ScriptedPart {
  const part = { type: "tool-call", toolCallId, toolName, input: "{}", providerExecuted: true };
  return { verbatim: part };
}

function providerResult(toolName: string, toolCallId: string, flags: object = {}): ScriptedPart {
  const result = { rooms: 2 };
  return {
    verbatim: { type: "tool-result", toolCallId, toolName, result, providerExecuted: true, ...flags },
  };
}

function strictTool({ sdk }: ApplicationStage, execute?: () => unknown): object {
  const inputSchema = sdk.jsonSchema(
    { type: "object" },
    {
      validate: (value) =>
        JSON.stringify(value) === '{"city":"Paris"}'
          ? { success: true, value }
          : { success: false, error: new TypeError("no city") },
    },
  );
  return sdk.tool({ description: "looks for rooms", inputSchema, ...(execute && { execute }) });
}

export async function callWith(
  app: ApplicationStage,
  streaming: boolean,
  model: object,
  parameters: CallParameters,
): Promise<unknown> {
  return readAnswer(app, streaming, call(app, model, { stopWhen: app.major.stepCount(5), ...parameters }));
}

function loopOf(streaming: boolean): TreeProgram[] {
  const word = streaming ? "streams" : "generates";
  const toolChat = chatSpan({ streaming, finish: "tool_call" });
  const lastChat = chatSpan({ streaming });
  const provided = (name: string, id: string, type: string, expected: ToolExpectation = {}) =>
    toolSpan(name, id, { ...expected, attributes: { "gen_ai.tool.type": type } });

  const unexecuted = (
    title: string,
    expected: ReturnType<typeof toolSpan>,
    run: (app: ApplicationStage) => CallParameters,
    input: Readonly<Record<string, unknown>> = {},
  ): TreeProgram => ({
    title: `${word} with ${title}`,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [
        callsTools([{ name: "searchRooms", id: "call-1", input }]),
        says("none"),
      ]);
      await callWith(app, streaming, model, run(app));
    },
    expected: agentSpan({}, [toolChat, expected, lastChat]),
  });

  return [
    {
      title: `${word} with tools that the provider executes, and a result that comes twice`,
      run: async (app) => {
        const parts = [
          providerCall("searchWeb", "call-1"),
          providerResult("searchWeb", "call-1", { preliminary: true }),
          providerResult("searchWeb", "call-1"),
          providerCall("searchFiles", "call-2"),
          providerResult("searchFiles", "call-2"),
          providerResult("searchFiles", "call-2"),
          providerCall("runCode", "call-3"),
          providerResult("runCode", "call-3", { preliminary: true }),
          providerResult("runCode", "call-3", { isError: true }),
        ];
        const { model } = scriptedModel(app.major, [says("two", { parts: [...parts, { text: "two" }] })]);
        await callWith(app, streaming, model, {
          tools: {
            searchWeb: providerTool(app, "openai.web_search"),
            searchFiles: providerTool(app, "openai.file_search"),
            runCode: providerTool(app, "openai.code_interpreter"),
          },
        });
      },
      expected: agentSpan({}, [
        lastChat,
        provided("searchWeb", "call-1", "extension"),
        provided("searchFiles", "call-2", "datastore"),
        provided("runCode", "call-3", "extension", { error: "tool_error" }),
      ]),
    },
    {
      title: `${word} with a provider's tool whose result comes in a later step`,
      majors: ["v6", "v7"],
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          callsTool("searchRooms", "call-2", {
            parts: [providerCall("runCode", "call-1"), { toolCall: { name: "searchRooms", id: "call-2" } }],
          }),
          says("two", { parts: [providerResult("runCode", "call-1"), { text: "two" }] }),
        ]);
        await callWith(app, streaming, model, {
          tools: {
            runCode: deferredTool(app),
            searchRooms: roomTool(app, async () => 2),
          },
        });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("searchRooms", "call-2"),
        lastChat,
        provided("runCode", "call-1", "extension"),
      ]),
    },
    {
      title: `${word} with a provider's tool that never gives a result`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          says("two", { parts: [providerCall("runCode", "call-1"), { text: "two" }] }),
        ]);
        await callWith(app, streaming, model, {
          stopWhen: app.major.stepCount(1),
          tools: { runCode: providerTool(app, "openai.code_interpreter") },
        });
      },
      expected: agentSpan({}, [lastChat, provided("runCode", "call-1", "extension")]),
    },
    {
      title: `${word} with a provider's tool whose result comes with a later request`,
      majors: ["v6", "v7"],
      run: async (app) => {
        const stopWhen = app.major.stepCount(1);
        const tools = { runCode: deferredTool(app) };
        const first = scriptedModel(app.major, [
          says("wait", { parts: [providerCall("runCode", "call-1"), { text: "wait" }] }),
        ]);
        await callWith(app, streaming, first.model, { stopWhen, tools });
        const second = scriptedModel(app.major, [
          says("two", { parts: [providerResult("runCode", "call-1"), { text: "two" }] }),
        ]);
        await callWith(app, streaming, second.model, { stopWhen, tools });
      },
      expected: [
        agentSpan({}, [lastChat]),
        agentSpan({}, [lastChat, provided("runCode", "call-1", "extension")]),
      ],
    },
    {
      title: `${word} with equal and empty ids of provider's calls`,
      majors: ["v6", "v7"],
      run: async (app) => {
        const ids = ["call-1", "call-1", "", ""];
        const parts = ids.flatMap((id) => [providerCall("runCode", id), providerResult("runCode", id)]);
        const { model } = scriptedModel(app.major, [says("two", { parts: [...parts, { text: "two" }] })]);
        const tools = { runCode: providerTool(app, "openai.code_interpreter") };
        await callWith(app, streaming, model, { stopWhen: app.major.stepCount(1), tools });
      },
      expected: agentSpan({}, [
        lastChat,
        provided("runCode", "call-1", "extension"),
        provided("runCode", "call-1", "extension"),
        toolSpan("runCode", null, { attributes: { "gen_ai.tool.type": "extension" } }),
        toolSpan("runCode", null, { attributes: { "gen_ai.tool.type": "extension" } }),
      ]),
    },
    {
      title: `${word} with equal and empty ids of calls`,
      run: async (app) => {
        const ids = ["call-1", "call-1", "", ""];
        const { model } = scriptedModel(app.major, [
          callsTools(ids.map((id) => ({ name: "searchRooms", id }))),
          says("two"),
        ]);
        await callWith(app, streaming, model, { tools: { searchRooms: roomTool(app, async () => 2) } });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("searchRooms", "call-1"),
        toolSpan("searchRooms", "call-1"),
        toolSpan("searchRooms", null),
        toolSpan("searchRooms", null),
        lastChat,
      ]),
    },
    {
      title: `${word} with a tool that the program runs elsewhere`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [callsTool("pickRoom", "call-1")]);
        const { inputSchema } = roomTool(app, () => 2) as { inputSchema: unknown };
        await callWith(app, streaming, model, {
          tools: { pickRoom: app.sdk.tool({ description: "asks the user", inputSchema }) },
        });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("pickRoom", "call-1", { attributes: { "ai_spans.tool.pending": true } }),
      ]),
    },
    unexecuted(
      "a call with bad input",
      toolSpan("searchRooms", "call-1", { error: "AI_InvalidToolInputError" }),
      (app) => ({ tools: { searchRooms: strictTool(app, () => 2) } }),
    ),
    unexecuted(
      "a call that is not repaired",
      toolSpan("searchRooms", "call-1", { error: "AI_InvalidToolInputError" }),
      (app) => ({
        tools: { searchRooms: strictTool(app, () => 2) },
        experimental_repairToolCall: async () => null,
      }),
    ),
    unexecuted(
      "a call whose repair fails",
      toolSpan("searchRooms", "call-1", { error: "AI_ToolCallRepairError" }),
      (app) => ({
        tools: { searchRooms: strictTool(app, () => 2) },
        experimental_repairToolCall: async () => {
          throw new TypeError("no idea");
        },
      }),
    ),
    unexecuted(
      "a call whose repair is as bad",
      toolSpan("searchRooms", "call-1", {
        error: "AI_InvalidToolInputError",
        attributes: { "ai_spans.tool.repaired": true },
      }),
      (app) => ({
        tools: { searchRooms: strictTool(app, () => 2) },
        experimental_repairToolCall: async ({ toolCall }: { toolCall: object }) => toolCall,
      }),
    ),
    unexecuted(
      "a call that is repaired",
      toolSpan("searchRooms", "call-1", { attributes: { "ai_spans.tool.repaired": true } }),
      (app) => ({
        tools: { searchRooms: strictTool(app, () => 2) },
        experimental_repairToolCall: async ({ toolCall }: { toolCall: object }) => ({
          ...toolCall,
          input: '{"city":"Paris"}',
        }),
      }),
    ),
    {
      title: `${word} with a good and a bad call at once`,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [
          callsTools([
            { name: "searchFlights", id: "call-1" },
            { name: "searchRooms", id: "call-2" },
          ]),
          says("two"),
        ]);
        await callWith(app, streaming, model, { tools: { searchRooms: roomTool(app, async () => 2) } });
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("searchRooms", "call-2"),
        toolSpan("_OTHER", "call-1", { error: "AI_NoSuchToolError" }),
        lastChat,
      ]),
    },
    ...STEP_OBSERVERS.map(({ names, majors }): TreeProgram => ({
      title: `${word} with an observer of steps of its own as ${names.join(" and ")}`,
      majors,
      run: async (app) => {
        const { model } = scriptedModel(app.major, [callsTool("searchFlights", "call-1"), says("two")]);
        const lengths: unknown[] = [];
        const observe = async (step: { content: unknown[] }): Promise<void> => {
          await Promise.resolve();
          lengths.push(step.content.length);
        };
        await callWith(app, streaming, model, {
          tools: { searchRooms: roomTool(app, async () => 2) },
          ...Object.fromEntries(names.map((name) => [name, observe])),
        });
        if (lengths.join() !== "2,1") throw new Error(`steps seen: ${lengths.join()}`);
      },
      expected: agentSpan({}, [
        toolChat,
        toolSpan("_OTHER", "call-1", { error: "AI_NoSuchToolError" }),
        lastChat,
      ]),
    })),
  ];
}

/** The names of the callback on each major. If a caller passes both names, the SDK calls one of them. */
const STEP_OBSERVERS: readonly { names: readonly string[]; majors: readonly MajorName[] }[] = [
  { names: ["onStepFinish"], majors: ["v5", "v6", "v7"] },
  { names: ["onStepEnd"], majors: ["v7"] },
  { names: ["onStepFinish", "onStepEnd"], majors: ["v5", "v6", "v7"] },
];

/** The caller aborts the run while the provider executes a tool. */
const abortedAtProvider: TreeProgram = {
  title: "streams and is aborted while the provider executes a tool",
  run: async (app) => {
    const gate = createGate();
    const controller = new AbortController();
    const { model } = scriptedModel(app.major, [
      says("two", { parts: [providerCall("runCode", "call-1"), { gate }] }),
    ]);
    const parameters = call(app, model, {
      tools: { runCode: providerTool(app, "openai.code_interpreter") },
      abortSignal: controller.signal,
    });
    const reading = drain(app.sdk.streamText(parameters));
    await gate.reached;
    controller.abort();
    gate.open();
    await reading;
  },
  expected: agentSpan({ canceled: "abort" }, [
    chatSpan({ streaming: true, canceled: "abort", usage: null, finish: null }),
    toolSpan("runCode", "call-1", { canceled: "abort", attributes: { "gen_ai.tool.type": "extension" } }),
  ]),
};

export const toolCalls: readonly TreeProgram[] = [...loopOf(false), ...loopOf(true), abortedAtProvider].map(
  (program) => without(["ai_spans.tool.repaired"], "no event reports a repair", program),
);
