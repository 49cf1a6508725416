/**
 * `server.address` and `server.port` of the spans come from the base URL of real provider packages. ai-spans reads
 * nothing else of their configuration.
 */
import { SamplingDecision, type Sampler } from "@opentelemetry/sdk-trace-base";
import { createAnthropic as createAnthropicV7 } from "@ai-sdk/anthropic";
import { createAnthropic as createAnthropicV5 } from "@ai-sdk/anthropic-v5";
import { createAnthropic as createAnthropicV6 } from "@ai-sdk/anthropic-v6";
import { createOpenAI as createOpenAIV7 } from "@ai-sdk/openai";
import { createOpenAI as createOpenAIV5 } from "@ai-sdk/openai-v5";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, v5, v7, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { says } from "./script.ts";

interface Settings {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly fetch: () => Promise<Response>;
}

const createAnthropic = { v5: createAnthropicV5, v6: createAnthropicV6, v7: createAnthropicV7 } as const;

/** A provider whose every request ends in a 401. */
function settings(baseURL: string): Settings {
  return { apiKey: "key", baseURL, fetch: async () => Response.json({}, { status: 401 }) };
}

async function serverOf(major: Major, model: object): Promise<unknown[]> {
  const telemetry = setupTelemetry();
  await wrapAISDK(major.ai)
    .generateText({ model, prompt: "a room", maxRetries: 0 })
    .catch(() => {});
  const chat = telemetry.finished.find(({ name }) => name.startsWith("chat"));
  expect(chat).toBeDefined();
  expect(telemetry.diagnostics).toEqual([]);
  return [chat?.attributes["server.address"], chat?.attributes["server.port"]];
}

describe.each(majors)("on $name", (major) => {
  test.each([
    ["https://rooms.example/v1", "rooms.example", 443],
    ["http://127.0.0.1:8080/v1", "127.0.0.1", 8080],
    ["http://[::1]/v1", "::1", 80],
    ["https://user:password@rooms.example:444/v1", "rooms.example", 444],
  ])("records the server of %s", async (baseURL, address, port) => {
    const model = createAnthropic[major.name](settings(baseURL))("some-model");
    expect(await serverOf(major, model)).toEqual([address, port]);
  });

  test("records no server for a model without a base URL", async () => {
    expect(await serverOf(major, scriptedModel(major, [says("a room")]).model)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test.each([42, "", "/v1", "no url", { href: "https://rooms.example" }])(
    "records no server for a base URL that is %j",
    async (baseURL) => {
      const { model } = scriptedModel(major, [says("a room")]);
      expect(await serverOf(major, Object.assign(model, { config: { baseURL } }))).toEqual([
        undefined,
        undefined,
      ]);
    },
  );

  test("reads only the base URL, and calls no getter", async () => {
    const looked: PropertyKey[] = [];
    const config = new Proxy(
      {},
      {
        getOwnPropertyDescriptor(_target, key) {
          looked.push(key);
          return { configurable: true, get: () => looked.push("getter") };
        },
        get: (_target, key) => looked.push(key),
        ownKeys: () => [String(looked.push("keys"))],
      },
    );
    const { model } = scriptedModel(major, [says("a room")]);
    expect(await serverOf(major, Object.assign(model, { config }))).toEqual([undefined, undefined]);
    expect(looked).toEqual(["baseURL"]);
  });

  test("passes the server to samplers", async () => {
    const servers: unknown[] = [];
    const sampler: Sampler = {
      shouldSample: (_context, _traceId, name, _kind, attributes) => {
        if (name.startsWith("chat")) servers.push(attributes["server.address"], attributes["server.port"]);
        return { decision: SamplingDecision.RECORD_AND_SAMPLED };
      },
      toString: () => "seeing",
    };
    setupTelemetry({ sampler });
    const { model } = scriptedModel(major, [says("a room")]);
    const addressed = Object.assign(model, { config: { baseURL: "https://rooms.example" } });
    await wrapAISDK(major.ai).generateText({ model: addressed, prompt: "a room" });
    expect(servers).toEqual(["rooms.example", 443]);
  });
});

test("the spans of the OpenAI provider have its server from 4.x (v7) on", async () => {
  const options = settings("https://rooms.example/v1");
  expect(await serverOf(v7, createOpenAIV7(options)("some-model"))).toEqual(["rooms.example", 443]);
  expect(await serverOf(v5, createOpenAIV5(options)("some-model"))).toEqual([undefined, undefined]);
});
