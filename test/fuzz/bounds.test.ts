/**
 * A value that is too long, of a wrong type or unreadable is cut or left out. The other values of its span are still
 * recorded.
 *
 * Holds: bounded-work.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, type Major } from "../support/majors.ts";
import { providerModel } from "../support/provider-model.ts";
import { toFinishReason, toUsage } from "../support/model-shapes.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { MEGABYTE } from "./garbage.ts";

const CUT = MEGABYTE.slice(0, 1024);
const INTERNAL = { "gen_ai.operation.name": "invoke_agent" };

interface Asked {
  readonly answer: object;
  readonly identity?: { readonly modelId: string; readonly provider: string };
  readonly settings?: object;
}

async function generate(major: Major, { answer, identity, settings }: Asked): Promise<void> {
  const sound = {
    finishReason: toFinishReason(major, "stop"),
    usage: toUsage(major),
    warnings: [],
    content: [],
  };
  const merged = Object.defineProperties(sound, Object.getOwnPropertyDescriptors(answer));
  const { model } = providerModel(
    major,
    { doGenerate: [{ answer: merged }] },
    { supportedUrls: {}, ...identity },
  );
  await wrapAISDK(major.ai).generateText({
    model,
    prompt: "a room",
    tools: { [MEGABYTE]: { inputSchema: major.ai.jsonSchema({ type: "object" }) } },
    ...settings,
  });
}

/** The spans of the agent and its only model call. `both` has the attributes that they share. */
function agentAndChat(both: object, chat: object = {}, others: readonly { readonly name: string }[] = []) {
  const finish = {
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.request.model": "mock-model",
    ...both,
  };
  const operation = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "mock-provider" };
  return {
    name: "invoke_agent",
    attributes: { ...INTERNAL, ...finish },
    children: [
      {
        name: finish["gen_ai.request.model"].length > 64 ? "chat" : "chat mock-model",
        kind: "CLIENT" as const,
        attributes: { ...operation, ...finish, ...chat },
      },
      ...others,
    ],
  };
}

describe.each(majors)("on $name", (major) => {
  test("texts of a megabyte are cut at 1,024 characters, wherever they come from", async () => {
    const telemetry = setupTelemetry();
    await generate(major, {
      identity: { modelId: MEGABYTE, provider: MEGABYTE },
      settings: { stopSequences: ["stop", MEGABYTE] },
      answer: {
        response: { id: MEGABYTE, modelId: MEGABYTE },
        content: [
          {
            type: "tool-call",
            toolCallId: MEGABYTE,
            toolName: MEGABYTE,
            input: "{}",
            providerExecuted: true,
          },
          {
            type: "tool-result",
            toolCallId: MEGABYTE,
            toolName: MEGABYTE,
            result: 2,
            providerExecuted: true,
          },
        ],
      },
    });
    await expectSpanTree(
      telemetry,
      agentAndChat(
        { "gen_ai.request.model": CUT, "gen_ai.request.stop_sequences": ["stop", CUT.slice(0, 64)] },
        { "gen_ai.provider.name": CUT, "gen_ai.response.id": CUT, "gen_ai.response.model": CUT },
        [
          {
            name: "execute_tool",
            attributes: {
              "gen_ai.operation.name": "execute_tool",
              "gen_ai.tool.name": CUT,
              "gen_ai.tool.call.id": CUT,
              "gen_ai.tool.type": "extension",
            },
          } as { name: string },
        ],
      ),
    );
  });

  test("a cut never splits a surrogate pair", async () => {
    const telemetry = setupTelemetry();
    await generate(major, {
      answer: { response: { id: `${"x".repeat(1023)}😀`, modelId: "😀".repeat(600) } },
    });
    await expectSpanTree(
      telemetry,
      agentAndChat({}, { "gen_ai.response.id": "x".repeat(1023), "gen_ai.response.model": "😀".repeat(512) }),
    );
  });

  test.each([0.5, -1, 1e300, Infinity, Number.NaN, "12", null])("%s is no count of tokens", async (count) => {
    const telemetry = setupTelemetry();
    const usage =
      major.specification === "V2"
        ? { inputTokens: count, outputTokens: 5, cachedInputTokens: count }
        : { inputTokens: { total: count, cacheRead: count }, outputTokens: { total: 5, reasoning: count } };
    await generate(major, { answer: { usage } }).catch(() => {});
    await expectSpanTree(telemetry, agentAndChat({ "gen_ai.usage.output_tokens": 5 }));
  });

  test("a model call is recorded although its counts cannot be read", async () => {
    const telemetry = setupTelemetry();
    const answer = {
      response: { id: "resp-1", modelId: "mock-1" },
      get providerMetadata(): object {
        throw new RangeError("hands off");
      },
    };
    await generate(major, { answer }).catch(() => {});
    const [chat] = telemetry.finished;
    expect(chat?.attributes).toMatchObject({ "gen_ai.response.id": "resp-1" });
    expect(chat?.attributes).not.toHaveProperty("ai_spans.canceled");
  });

  test.each([
    ["finish", "providerMetadata", { "gen_ai.response.id": "resp-1" }],
    ["error", "error", { "error.type": "_OTHER" }],
  ])("a part of type %s ends its model call where its %s cannot be read", async (type, key, attributes) => {
    const telemetry = setupTelemetry();
    const usage = toUsage(major);
    const last = {
      type,
      ...(type === "finish" ? { usage, finishReason: toFinishReason(major, "stop") } : {}),
    };
    const parts = [
      { type: "response-metadata", id: "resp-1" },
      Object.defineProperty(last, key, {
        get: () => {
          throw new RangeError("hands off");
        },
      }),
    ];
    const stream = new ReadableStream({
      pull: (controller) => (parts.length > 0 ? controller.enqueue(parts.shift()) : controller.close()),
    });
    const { model } = providerModel(major, { doStream: [{ answer: { stream } }] }, { supportedUrls: {} });
    const result = wrapAISDK(major.ai).streamText({ model, prompt: "a room", onError: () => {} });
    await result.consumeStream({ onError: () => {} });
    const chat = telemetry.finished.find(({ name }) => name.startsWith("chat"));
    expect(chat?.attributes).toMatchObject(attributes);
    expect(chat?.attributes).not.toHaveProperty("ai_spans.canceled");
  });

  test("an empty level of reasoning is not recorded", async () => {
    const telemetry = setupTelemetry();
    await generate(major, { answer: {}, settings: { reasoning: "" } });
    await expectSpanTree(telemetry, agentAndChat({}));
  });

  test("a provider's tool call with an empty id has no id", async () => {
    const telemetry = setupTelemetry();
    const call = { toolCallId: "", toolName: "search", providerExecuted: true };
    await generate(major, {
      answer: { content: [{ type: "tool-result", ...call, result: 2 }] },
    }).catch(() => {});
    const attributes = telemetry.finished.map((span) => span.attributes);
    expect(attributes).toContainEqual({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "_OTHER",
      "gen_ai.tool.type": "extension",
    });
  });
});
