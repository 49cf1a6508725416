/**
 * The identity and the metadata of a call, of a turn, and of both.
 */
import { declareNames } from "../../registry/declared-names.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import { callsTool, readText, says } from "../script.ts";
import { runLoop, runOnce } from "./names.ts";
import { roomTool } from "./tool-loops.ts";

declareNames({ namespaces: ["cloudflare.agents"] });

const METADATA = {
  agentId: "a-1",
  agentVersion: "2.1.0",
  conversationId: "c-42",
  userId: "u-7",
  requestId: "r-1",
  trigger: "message",
  admission: "queued",
  channel: "web",
  continuation: true,
  generation: 3,
  plan: "pro",
  beta: false,
  seats: 12,
  ratio: 0.25,
};

const CONVERSATION = { "gen_ai.conversation.id": "c-42" };

const ROOT_ATTRIBUTES = {
  ...CONVERSATION,
  "gen_ai.agent.id": "a-1",
  "gen_ai.agent.version": "2.1.0",
  "user.id": "u-7",
  "ai_spans.turn.request_id": "r-1",
  "ai_spans.turn.trigger": "message",
  "ai_spans.turn.admission": "queued",
  "ai_spans.turn.channel": "web",
  "ai_spans.turn.continuation": true,
  "ai_spans.turn.generation": 3,
  "ai_spans.metadata.plan": "pro",
  "ai_spans.metadata.beta": false,
  "ai_spans.metadata.seats": 12,
  "ai_spans.metadata.ratio": 0.25,
};

const fullTree = agentSpan({ attributes: ROOT_ATTRIBUTES }, [
  chatSpan({ finish: "tool_call", attributes: CONVERSATION }),
  toolSpan("searchRooms", "call-1", { attributes: CONVERSATION }),
  chatSpan({ attributes: CONVERSATION }),
]);

export const turns: readonly TreeProgram[] = [
  {
    title: "takes identity and metadata from the call",
    run: (app) => runLoop(app, { functionId: "booking-agent", metadata: METADATA }),
    expected: fullTree,
  },
  {
    title: "takes identity and metadata from the turn",
    needsContextManager: true,
    run: (app) => app.withTurn({ ...METADATA }, () => runLoop(app, { functionId: "booking-agent" })),
    expected: fullTree,
  },
  {
    title: "lets the call overrule its turn, key by key",
    needsContextManager: true,
    run: (app) =>
      app.withTurn({ ...METADATA, plan: "free", conversationId: "c-0", userId: "u-0" }, () =>
        runLoop(app, {
          functionId: "booking-agent",
          metadata: { plan: "pro", conversationId: "c-42", userId: "u-7" },
        }),
      ),
    expected: fullTree,
  },
  {
    title: "lets a turn overrule the turn around it, key by key",
    needsContextManager: true,
    run: (app) =>
      app.withTurn({ ...METADATA, plan: "free", conversationId: "c-0" }, () =>
        app.withTurn({ plan: "pro", conversationId: "c-42" }, () =>
          runLoop(app, { functionId: "booking-agent" }),
        ),
      ),
    expected: fullTree,
  },
  {
    title: "gives the turn to every call inside and to none outside",
    needsContextManager: true,
    run: async (app) => {
      await app.withTurn({ requestId: "r-1" }, async () => {
        await runOnce(app, { functionId: "booking-agent" });
        await runOnce(app, { functionId: "booking-agent" });
      });
      await runOnce(app, { functionId: "booking-agent" });
    },
    expected: [
      agentSpan({ attributes: { "ai_spans.turn.request_id": "r-1" } }, [chatSpan()]),
      agentSpan({ attributes: { "ai_spans.turn.request_id": "r-1" } }, [chatSpan()]),
      agentSpan({}, [chatSpan()]),
    ],
  },
  {
    title: "gives the turn to an agent inside a tool",
    needsContextManager: true,
    run: (app) =>
      app.withTurn({ requestId: "r-1", conversationId: "c-42" }, async () => {
        const askWeather = roomTool(app, () => runOnce(app, { functionId: "weather-agent" }));
        const { model } = scriptedModel(app.major, [callsTool("askWeather", "call-1"), says("sunny")]);
        const parameters = call(app, model, { tools: { askWeather }, stopWhen: app.major.stepCount(5) });
        for await (const _text of app.sdk.streamText(parameters).textStream);
      }),
    expected: agentSpan({ attributes: { ...CONVERSATION, "ai_spans.turn.request_id": "r-1" } }, [
      chatSpan({ streaming: true, finish: "tool_call", attributes: CONVERSATION }),
      toolSpan("askWeather", "call-1", { attributes: CONVERSATION }, [
        agentSpan(
          { name: "weather-agent", attributes: { ...CONVERSATION, "ai_spans.turn.request_id": "r-1" } },
          [chatSpan({ attributes: CONVERSATION })],
        ),
      ]),
      chatSpan({ streaming: true, attributes: CONVERSATION }),
    ]),
  },
  {
    title: "keeps the turn of a stream that is read outside of it",
    needsContextManager: true,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
      const tools = { searchRooms: roomTool(app, async () => 2) };
      const parameters = call(app, model, { tools, stopWhen: app.major.stepCount(5) });
      const result = app.withTurn({ conversationId: "c-42" }, () => app.sdk.streamText(parameters));
      await app.withTurn({ conversationId: "c-0" }, () => readText(app.major, result));
    },
    expected: agentSpan({ attributes: CONVERSATION }, [
      chatSpan({ streaming: true, finish: "tool_call", attributes: CONVERSATION }),
      toolSpan("searchRooms", "call-1", { attributes: CONVERSATION }),
      chatSpan({ streaming: true, attributes: CONVERSATION }),
    ]),
  },
  {
    title: "puts its own keys under another namespace",
    options: { namespace: "cloudflare.agents" },
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room")]);
      const metadata = { requestId: "r-1", userId: "u-7", plan: "pro" };
      const telemetry = app.major.telemetryOptions({ functionId: "booking-agent", metadata });
      await app.sdk
        .generateText(call(app, model, { ...telemetry, abortSignal: AbortSignal.abort() }))
        .catch(() => {});
    },
    expected: agentSpan(
      {
        attributes: {
          "user.id": "u-7",
          "cloudflare.agents.turn.request_id": "r-1",
          "cloudflare.agents.metadata.plan": "pro",
          "cloudflare.agents.canceled": true,
          "cloudflare.agents.cancel.cause": "abort",
        },
      },
      [
        chatSpan({
          usage: null,
          finish: null,
          response: null,
          attributes: { "cloudflare.agents.canceled": true, "cloudflare.agents.cancel.cause": "abort" },
        }),
      ],
    ),
  },
  {
    title: "drops metadata that is no scalar",
    run: (app) =>
      runOnce(app, {
        functionId: "booking-agent",
        metadata: {
          plan: "pro",
          tags: ["a", "b"],
          nested: { secret: "x" },
          when: new Date(0),
          nothing: null,
          missing: undefined,
          endless: Number.POSITIVE_INFINITY,
          broken: Number.NaN,
          run: () => "x",
          mark: Symbol("x"),
        },
      }),
    expected: agentSpan({ attributes: { "ai_spans.metadata.plan": "pro" } }, [chatSpan()]),
  },
  {
    title: "reads of runtimeContext only what includeRuntimeContext allows",
    majors: ["v7"],
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("a room")]);
      await app.sdk.generateText({
        model,
        prompt: "a room",
        runtimeContext: { plan: "pro", userId: "u-7", secret: "s", denied: "d" },
        telemetry: { functionId: "booking-agent", includeRuntimeContext: { plan: true, denied: false } },
      });
    },
    expected: agentSpan({ attributes: { "ai_spans.metadata.plan": "pro" } }, [chatSpan()]),
  },
];
