/**
 * The parent of each span, where many runs and calls go on at once. This holds for our spans, and for the application's
 * spans that start in provider calls, in tools and in the pulls of generators. Other tests here check what identifies a
 * run.
 *
 * Holds: parents.
 */
import { context, trace } from "@opentelemetry/api";
import { createAISDKTelemetry, withTurn } from "ai-spans";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, callsTools, DEFAULT_USAGE, says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import { createGate, turn } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { toFinishReason, toUsage } from "../support/model-shapes.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { ai, LOOP, loopTree, parameters, run, telemetryOf } from "./application.ts";
import { type Kind, KINDS } from "../exits/run-call.ts";

const RUNS_AT_ONCE = 200;

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
  registerIntegrations(createAISDKTelemetry());
});
afterEach(() => registerIntegrations());

async function own(name: string): Promise<void> {
  await turn();
  telemetry.tracer.startSpan(name).end();
}

/** The loop, in which the application starts a span in each model call. */
const observed: readonly ScriptedStep[] = [
  callsTool("searchRooms", "call-1", { onCall: () => own("fetch") }),
  says("a room", { onCall: () => own("fetch") }),
];

function observedTree(kind: Kind, inTool: readonly ExpectedSpan[]): ExpectedSpan {
  const streaming = kind === "stream";
  return agentSpan({}, [
    chatSpan({ streaming, finish: "tool_call" }, [ownSpan("fetch")]),
    toolSpan("searchRooms", "call-1", {}, inTool),
    chatSpan({ streaming }, [ownSpan("fetch")]),
  ]);
}

async function* pulls(): AsyncGenerator<number> {
  await own("first pull");
  yield 1;
  await own("second pull");
  yield 2;
}

test.each(KINDS)(
  "what an application starts inside belongs below what it is inside of (%s)",
  async (kind) => {
    await run(
      kind,
      parameters(observed, {}, () => pulls()),
    );
    await expectSpanTree(telemetry, observedTree(kind, [ownSpan("first pull"), ownSpan("second pull")]));
  },
);

test.each(KINDS)("runs inside a tool are children of that tool, two at once (%s)", async (kind) => {
  const nested = async (): Promise<number> => {
    await Promise.all([run(kind, parameters()), run(kind, parameters())]);
    return 2;
  };
  await run(kind, parameters(LOOP, {}, nested));
  await expectSpanTree(telemetry, loopTree(kind, [loopTree(kind), loopTree(kind)]));
});

test.each(KINDS)(
  "two hundred runs at once are children of the span each was called in (%s)",
  async (kind) => {
    const nested = async (): Promise<number> => {
      await own("in a tool");
      return 2;
    };
    const parents = Array.from({ length: RUNS_AT_ONCE }, (_, index) => `parent ${index}`);
    await Promise.all(
      parents.map(async (name) => {
        const parent = telemetry.tracer.startSpan(name);
        await context.with(trace.setSpan(context.active(), parent), () =>
          run(kind, parameters(observed, {}, nested)),
        );
        parent.end();
      }),
    );
    await expectSpanTree(
      telemetry,
      parents.map((name) => ownSpan(name, [observedTree(kind, [ownSpan("in a tool")])])),
    );
  },
);

test.each(KINDS)("calls of one tool at once under one id have a span each (%s)", async (kind) => {
  const gate = createGate();
  let calls = 0;
  const execute = async (): Promise<number> => {
    const call = ++calls;
    if (call === 2) gate.open();
    await gate.pass();
    await own(`in call ${call}`);
    return 2;
  };
  const same = { name: "searchRooms", id: "call-1" };
  await run(kind, parameters([callsTools([same, same]), says("a room")], {}, execute));
  const streaming = kind === "stream";
  await expectSpanTree(
    telemetry,
    agentSpan({}, [
      chatSpan({ streaming, finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", {}, [ownSpan("in call 1")]),
      toolSpan("searchRooms", "call-1", {}, [ownSpan("in call 2")]),
      chatSpan({ streaming }),
    ]),
  );
});

test.each(KINDS)(
  "attempts at a model call share one chat span, with the tokens of the last (%s)",
  async (kind) => {
    const retryable = apiCallError(v7, { status: 503, retryable: true });
    await run(kind, parameters([{ ...says("a room"), rejections: [retryable, retryable] }]));
    await expectSpanTree(telemetry, agentSpan({}, [chatSpan({ streaming: kind === "stream", retries: 2 })]));
  },
);

test.each([
  { name: "streamRetries", more: { streamRetries: 1 } },
  { name: "onError", more: { streamRetries: 0, onError: () => ({ retry: true }) } },
])(
  "a stream that is repeated by $name shares one chat span, with the tokens of the last",
  async ({ more }) => {
    const broken: ScriptedStep = {
      parts: [{ text: "a " }, { error: new RoomServiceError("no") }],
      finish: null,
    };
    await run("stream", parameters([broken, says("a room")], more));
    await expectSpanTree(telemetry, agentSpan({}, [chatSpan({ streaming: true, retries: 1 })]));
  },
);

test("a tool that its provider executes has a span without a duration", async () => {
  const tool = { toolCallId: "call-1", toolName: "webSearch" };
  const webSearch = {
    type: "provider",
    isProviderExecuted: true,
    id: "mock.web_search",
    name: "web_search",
    args: {},
    inputSchema: v7.ai.jsonSchema({ type: "object", properties: {} }),
  };
  const model = v7.mockModel({
    provider: "mock-provider",
    modelId: "mock-model",
    doStream: () => Promise.reject(new Error("not streamed")),
    doGenerate: async () => ({
      content: [
        { type: "tool-call", ...tool, input: "{}", providerExecuted: true, dynamic: true },
        { type: "tool-result", ...tool, result: { rooms: 2 }, dynamic: true },
      ],
      finishReason: toFinishReason(v7, "stop"),
      usage: toUsage(v7, DEFAULT_USAGE),
      warnings: [],
    }),
  });
  await run("generate", parameters([], { model, tools: { webSearch } }));
  const extension = { attributes: { "gen_ai.tool.type": "extension" } };
  await expectSpanTree(
    telemetry,
    agentSpan({}, [chatSpan({ response: null }), toolSpan("webSearch", "call-1", extension)]),
  );
});

test.each(KINDS)("a run records only the fields of its contexts that its call allows (%s)", async (kind) => {
  const settings = {
    runtimeContext: { conversationId: "c-42", userId: "u-7", plan: "pro", secret: "no", nested: { a: 1 } },
    toolsContext: { searchRooms: { key: "secret" } },
    ...telemetryOf({
      includeRuntimeContext: {
        conversationId: true,
        userId: true,
        plan: true,
        nested: true,
        secret: false,
      },
      includeToolsContext: { searchRooms: { key: true } },
    }),
  };
  await withTurn({ plan: "free", requestId: "r-1", agentVersion: "2" }, () =>
    run(kind, parameters([says("a")], settings)),
  );
  await expectSpanTree(
    telemetry,
    agentSpan(
      {
        attributes: {
          "gen_ai.agent.version": "2",
          "gen_ai.conversation.id": "c-42",
          "user.id": "u-7",
          "ai_spans.turn.request_id": "r-1",
          "ai_spans.metadata.plan": "pro",
        },
      },
      [chatSpan({ streaming: kind === "stream", attributes: { "gen_ai.conversation.id": "c-42" } })],
    ),
  );
  expect(JSON.stringify(telemetry.finished.map(({ attributes }) => attributes))).not.toContain("secret");
});

test("a run without a name in its call has that of the turn, or none", async () => {
  await withTurn({ agentName: "guide" }, () => run("generate", parameters([says("a")], { telemetry: {} })));
  await run("generate", parameters([says("a")], { telemetry: {} }));
  await expectSpanTree(telemetry, [
    agentSpan({ name: "guide" }, [chatSpan()]),
    agentSpan({ name: null }, [chatSpan()]),
  ]);
  expect(AGENT_NAME).not.toBe("guide");
});

test("a step of a stream that fails before its model call leaves no error on the run", async () => {
  const prepareStep = ({ stepNumber }: { stepNumber: number }): undefined => {
    if (stepNumber === 1) throw new RoomServiceError("no");
  };
  await run("stream", parameters(LOOP, { prepareStep }));
  await expectSpanTree(
    telemetry,
    agentSpan({}, [chatSpan({ streaming: true, finish: "tool_call" }), toolSpan("searchRooms", "call-1")]),
  );
});

test("what a callback starts is below the caller's span, not below the run", async () => {
  const prepareStep = async (): Promise<undefined> => {
    await ai.generateText(parameters([says("short")], telemetryOf({ functionId: "summary" })));
    return undefined;
  };
  await telemetry.tracer.startActiveSpan("request", async (request) => {
    await run("generate", parameters([says("a room")], { prepareStep }));
    request.end();
  });
  await expectSpanTree(
    telemetry,
    ownSpan("request", [agentSpan({}, [chatSpan()]), agentSpan({ name: "summary" }, [chatSpan()])]),
  );
});
