/**
 * Wrapped tools that a program calls itself, and wrapped tools that the SDK calls.
 */
import { wrapTool } from "ai-spans";
import { turn } from "../../support/gate.ts";
import type { CallParameters } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import type { ExpectedSpan } from "../../support/span-tree.ts";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, drain, says } from "../script.ts";

interface Tool {
  execute(input: object, options: { readonly toolCallId?: string }): unknown;
}

/** A wrapped tool whose execution starts a span of the application. */
function searchRooms({ sdk, tracer }: ApplicationStage): Tool {
  const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
  const execute = async (): Promise<number> => {
    tracer.startSpan("database").end();
    return 2;
  };
  return wrapTool("searchRooms", sdk.tool({ inputSchema, execute }));
}

async function ask(
  app: ApplicationStage,
  streaming: boolean,
  tools: object,
  parameters?: CallParameters,
): Promise<void> {
  const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
  const whole = call(app, model, { tools, stopWhen: app.major.stepCount(5), ...parameters });
  if (streaming) await drain(app.sdk.streamText(whole));
  else await app.sdk.generateText(whole);
}

function loopOf(streaming: boolean, inside: readonly ExpectedSpan[]): ExpectedSpan {
  return agentSpan({}, [
    chatSpan({ streaming, finish: "tool_call" }),
    toolSpan("searchRooms", "call-1", {}, inside),
    chatSpan({ streaming }),
  ]);
}

const DATABASE = [ownSpan("database")];

const executed: readonly TreeProgram[] = [true, false].flatMap((streaming): TreeProgram[] => {
  const title = streaming ? "a stream" : "a call";
  return [
    {
      title: `executes a wrapped tool of ${title} once`,
      needsContextManager: true,
      run: (app) => ask(app, streaming, { searchRooms: searchRooms(app) }),
      expected: loopOf(streaming, DATABASE),
    },
    {
      title: `executes a copy of a wrapped tool of ${title} once`,
      needsContextManager: true,
      run: (app) => ask(app, streaming, { searchRooms: { ...searchRooms(app) } }),
      expected: loopOf(streaming, DATABASE),
    },
    {
      title: `executes a wrapped tool of ${title} that somebody has written to once`,
      needsContextManager: true,
      run: (app) => {
        const tool = searchRooms(app);
        const { execute } = tool;
        tool.execute = (...args) => execute.apply(tool, args);
        return ask(app, streaming, { searchRooms: tool });
      },
      expected: loopOf(streaming, DATABASE),
    },
  ];
});

/** Without a context manager, spans that the tool starts have no parent. So this tool starts none. */
const silent: readonly TreeProgram[] = [true, false].map((streaming) => ({
  title: `executes a wrapped tool of ${streaming ? "a stream" : "a call"} once, whatever carries the context`,
  run: (app) => {
    const inputSchema = app.sdk.jsonSchema({ type: "object", properties: {} });
    const tool = wrapTool("searchRooms", app.sdk.tool({ inputSchema, execute: async () => 2 }));
    return ask(app, streaming, { searchRooms: { ...tool } });
  },
  expected: loopOf(streaming, []),
}));

export const directTools: readonly TreeProgram[] = [
  {
    title: "calls a tool itself",
    run: async ({ sdk }) => {
      const inputSchema = sdk.jsonSchema({ type: "object", properties: {} });
      const tool: Tool = wrapTool("searchRooms", sdk.tool({ inputSchema, execute: async () => 2 }));
      await tool.execute({}, { toolCallId: "call-1" });
    },
    expected: toolSpan("searchRooms", "call-1", { agent: null }),
  },
  {
    title: "calls a tool itself, in a turn",
    needsContextManager: true,
    run: (app) => {
      const attributes = { agentName: "booking-agent", conversationId: "c-42", userId: "u-7", plan: "pro" };
      return app.withTurn({ ...attributes, requestId: "r-1" }, async () => {
        await turn();
        await searchRooms(app).execute({}, { toolCallId: "call-1" });
      });
    },
    expected: toolSpan(
      "searchRooms",
      "call-1",
      {
        attributes: {
          "gen_ai.conversation.id": "c-42",
          "user.id": "u-7",
          "ai_spans.turn.request_id": "r-1",
          "ai_spans.metadata.plan": "pro",
        },
      },
      DATABASE,
    ),
  },
  {
    title: "calls a tool itself inside a tool that the SDK executes",
    needsContextManager: true,
    run: (app) => {
      const inner = searchRooms(app);
      const inputSchema = app.sdk.jsonSchema({ type: "object", properties: {} });
      const execute: Tool["execute"] = async (_input, options) => {
        await turn();
        return inner.execute({}, { toolCallId: `${options.toolCallId}-1` });
      };
      return ask(app, false, { searchRooms: app.sdk.tool({ inputSchema, execute }) });
    },
    expected: loopOf(false, [toolSpan("searchRooms", "call-1-1", { agent: null }, DATABASE)]),
  },
  ...executed,
  ...silent,
];
