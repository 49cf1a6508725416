/**
 * Counts and names of providers whose packages leave something out, make something up or put it elsewhere. The packages
 * are in this folder, the answers in `fixtures`, written after the providers' documentation.
 */
import { createAlibaba as alibabaV7 } from "@ai-sdk/alibaba";
import { createAlibaba as alibabaV5 } from "@ai-sdk/alibaba-v5";
import { createAlibaba as alibabaV6 } from "@ai-sdk/alibaba-v6";
import { createAmazonBedrock as bedrockV7 } from "@ai-sdk/amazon-bedrock";
import { createAmazonBedrock as bedrockV5 } from "@ai-sdk/amazon-bedrock-v5";
import { createAmazonBedrock as bedrockV6 } from "@ai-sdk/amazon-bedrock-v6";
import { createCohere as cohereV7 } from "@ai-sdk/cohere";
import { createCohere as cohereV5 } from "@ai-sdk/cohere-v5";
import { createCohere as cohereV6 } from "@ai-sdk/cohere-v6";
import { createDeepInfra as deepinfraV7 } from "@ai-sdk/deepinfra";
import { createDeepInfra as deepinfraV5 } from "@ai-sdk/deepinfra-v5";
import { createDeepInfra as deepinfraV6 } from "@ai-sdk/deepinfra-v6";
import { createDeepSeek as deepseekV7 } from "@ai-sdk/deepseek";
import { createDeepSeek as deepseekV5 } from "@ai-sdk/deepseek-v5";
import { createDeepSeek as deepseekV6 } from "@ai-sdk/deepseek-v6";
import { createMoonshotAI as moonshotV7 } from "@ai-sdk/moonshotai";
import { createMoonshotAI as moonshotV6 } from "@ai-sdk/moonshotai-v6";
import { createXai as xaiV5 } from "@ai-sdk/xai-v5";
import { createXai as xaiV6 } from "@ai-sdk/xai-v6";
import { afterAll, beforeAll } from "vitest";
import { startProviderServer, type ProviderServer } from "../../fixtures/provider-server.ts";
import { testCounted, type CountedCase } from "../wire/counted-case.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0 });
});
afterAll(() => server.close());

interface Settings {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly headers: Record<string, string>;
}

type Create = (settings: Settings) => (modelId: string) => object;
type Models = CountedCase["models"];

const COMPATIBLE_MODEL = "kestrel-chat";
const RESPONSE_MODEL = "kestrel-chat-2026-08";
const COHERE_MODEL = "command-a-03-2025";
const BEDROCK_MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

function modelsOf(
  base: keyof ProviderServer["baseUrl"],
  modelId: string,
  creates: Partial<Record<keyof Models, Create>>,
): Models {
  return Object.fromEntries(
    Object.entries(creates).map(([major, create]) => [
      major,
      ({ baseUrl }: ProviderServer, headers: Record<string, string>) =>
        create({ baseURL: baseUrl[base], apiKey: "not-a-key", headers })(modelId),
    ]),
  );
}

const compatible = { format: "openai-compatible", modelId: COMPATIBLE_MODEL } as const;
const alibaba = modelsOf("openAICompatible", COMPATIBLE_MODEL, {
  v5: alibabaV5,
  v6: alibabaV6,
  v7: alibabaV7,
});
const moonshot = modelsOf("openAICompatible", COMPATIBLE_MODEL, { v6: moonshotV6, v7: moonshotV7 });
const deepseek = modelsOf("openAICompatible", COMPATIBLE_MODEL, {
  v5: deepseekV5,
  v6: deepseekV6,
  v7: deepseekV7,
});
const deepinfra = modelsOf("openAICompatible", COMPATIBLE_MODEL, {
  v5: deepinfraV5,
  v6: deepinfraV6,
  v7: deepinfraV7,
});
const xai = modelsOf("openAICompatible", COMPATIBLE_MODEL, {
  v5: (settings) => (modelId) => xaiV5(settings).chat(modelId),
  v6: (settings) => (modelId) => xaiV6(settings).chat(modelId),
});
const cohere = modelsOf("cohere", COHERE_MODEL, { v5: cohereV5, v6: cohereV6, v7: cohereV7 });
const region = "us-east-1";
const bedrock = modelsOf("bedrock", BEDROCK_MODEL, {
  v5: (settings) => bedrockV5({ ...settings, region }),
  v6: (settings) => bedrockV6({ ...settings, region }),
  v7: (settings) => bedrockV7({ ...settings, region }),
});

const cohereCase = {
  package: "@ai-sdk/cohere",
  hasBaseURL: true,
  format: "cohere-chat",
  provider: "cohere",
  modelId: COHERE_MODEL,
  models: cohere,
} as const;
const COHERE_RESPONSE = { id: "c14c80c3-18eb-4519-9460-6c92edd8cfb4" };

const bedrockCase = {
  package: "@ai-sdk/amazon-bedrock",
  format: "bedrock-converse",
  provider: "aws.bedrock",
  modelId: BEDROCK_MODEL,
  models: bedrock,
} as const;
/** The package gives the model that was asked for as the response's; the wire has none. */
const BEDROCK_RESPONSE = { id: "7f2b6c1e-40d5-4a3e-9c88-1d0f5e9a2b64" };

const cases: readonly CountedCase[] = [
  {
    package: "@ai-sdk/xai",
    hasBaseURL: true,
    ...compatible,
    fixture: "reasoning-apart",
    provider: "x_ai",
    models: xai,
    facts: {
      usage: { input: 32, output: 103, cacheRead: 6, reasoning: 94 },
      response: { id: "f5b2c9d4-6e3a-4f0b-9a51-7d2c8e1f4a60", model: RESPONSE_MODEL },
    },
  },
  {
    // The package adds the reasoning to the output and to the total, which has it already.
    package: "@ai-sdk/deepinfra",
    ...compatible,
    fixture: "reasoning-apart",
    provider: "deepinfra",
    models: deepinfra,
    facts: {
      usage: { input: 32, output: 103, cacheRead: 6, reasoning: 94 },
      response: { id: "f5b2c9d4-6e3a-4f0b-9a51-7d2c8e1f4a60", model: RESPONSE_MODEL },
    },
  },
  {
    package: "@ai-sdk/moonshotai",
    ...compatible,
    fixture: "cached-on-top",
    provider: "moonshot_ai",
    models: moonshot,
    facts: {
      usage: { input: 1240, output: 18, cacheRead: 1024 },
      response: { id: "chatcmpl-68a5f1c07d9e42b3", model: RESPONSE_MODEL },
    },
  },
  {
    // The packages say 0 of what was written to the cache; the wire says nothing.
    package: "@ai-sdk/alibaba",
    hasBaseURL: true,
    ...compatible,
    fixture: "cache-reads-only",
    provider: "alibaba",
    models: alibaba,
    facts: {
      usage: { input: 3019, output: 104, cacheRead: 2048 },
      response: { id: "chatcmpl-3f6b1c52-0a7d-9e44-b8f1-52c6d0e7a913", model: RESPONSE_MODEL },
    },
  },
  {
    package: "@ai-sdk/alibaba",
    hasBaseURL: true,
    ...compatible,
    fixture: "cache-creation",
    provider: "alibaba",
    models: alibaba,
    facts: {
      usage: { input: 1605, output: 18, cacheRead: 0, cacheWrite: 1503 },
      response: { id: "chatcmpl-9d2e7a41-5c18-9b03-a6f4-e1b07c35d286", model: RESPONSE_MODEL },
    },
    on: { v5: { usage: { input: 1605, output: 18, cacheRead: 0 } } },
  },
  {
    package: "@ai-sdk/deepseek",
    ...compatible,
    fixture: "cache-hits",
    provider: "deepseek",
    models: deepseek,
    facts: {
      usage: { input: 1240, output: 18, cacheRead: 1152 },
      response: { id: "930c60df-bf64-41c9-a88e-3ec75f81e00e", model: RESPONSE_MODEL },
    },
  },
  {
    ...cohereCase,
    fixture: "cached",
    facts: { usage: { input: 507, output: 20, cacheRead: 480 }, response: COHERE_RESPONSE },
    // v5: the package drops it.
    on: { v5: { usage: { input: 507, output: 20 } } },
  },
  {
    ...cohereCase,
    fixture: "none-cached",
    facts: { usage: { input: 507, output: 20, cacheRead: 0 }, response: COHERE_RESPONSE },
    on: { v5: { usage: { input: 507, output: 20 } } },
  },
  {
    ...cohereCase,
    fixture: "no-cached-tokens",
    facts: { usage: { input: 507, output: 20 }, response: COHERE_RESPONSE },
  },
  {
    ...bedrockCase,
    fixture: "text",
    facts: { usage: { input: 31, output: 18 }, response: BEDROCK_RESPONSE },
    // v5: the package leaves the id in the headers.
    on: { v5: { response: null } },
  },
  {
    ...bedrockCase,
    fixture: "cached",
    // Both kinds of cached tokens are counted beside the input: 31 + 2048 + 512.
    facts: {
      usage: { input: 2591, output: 18, cacheRead: 2048, cacheWrite: 512 },
      response: BEDROCK_RESPONSE,
    },
    on: { v5: { response: null } },
  },
];

for (const each of cases) testCounted(each, () => server);
