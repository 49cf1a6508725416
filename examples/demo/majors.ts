// Loads one major of the AI SDK with its provider packages, and builds its telemetry settings. The majors have these
// settings in different parameters.
import { createRequire } from "node:module";

import type * as ai from "ai";
import { wrapAISDK } from "ai-spans";

export const majorNames = ["v5", "v6", "v7"] as const;
export type MajorName = (typeof majorNames)[number];

// The demo uses only what all three majors export in the same form, so the types of one serve them all.
export type Sdk = typeof ai;
export type LanguageModel = ai.LanguageModel;

interface ProviderSettings {
  readonly baseURL?: string;
  readonly apiKey: string;
  readonly headers?: Record<string, string>;
}

type CreateProvider = (settings: ProviderSettings) => (modelId: string) => LanguageModel;

export interface Major {
  /** The version of the `ai` package, for the headline. */
  readonly version: string;
  /** The wrapped SDK: every call through it is traced. */
  readonly sdk: Sdk;
  readonly createOpenAI: CreateProvider;
  readonly createAnthropic: CreateProvider;
  /** Returns call settings with the agent's name and one attribute of the turn. */
  readonly turnSettings: (agentName: string, plan: string) => object;
}

const packages = {
  v5: { ai: "ai-v5", openai: "@ai-sdk/openai-v5", anthropic: "@ai-sdk/anthropic-v5" },
  v6: { ai: "ai-v6", openai: "@ai-sdk/openai-v6", anthropic: "@ai-sdk/anthropic-v6" },
  v7: { ai: "ai", openai: "@ai-sdk/openai", anthropic: "@ai-sdk/anthropic" },
} satisfies Record<MajorName, object>;

export async function loadMajor(name: MajorName): Promise<Major> {
  const names = packages[name];
  const sdk: Sdk = await import(names.ai);
  const { createOpenAI }: { createOpenAI: CreateProvider } = await import(names.openai);
  const { createAnthropic }: { createAnthropic: CreateProvider } = await import(names.anthropic);
  const manifest: { version: string } = createRequire(import.meta.url)(`${names.ai}/package.json`);
  return {
    version: manifest.version,
    sdk: wrapAISDK(sdk),
    createOpenAI,
    createAnthropic,
    turnSettings: name === "v7" ? runtimeContextSettings : metadataSettings,
  };
}

function metadataSettings(agentName: string, plan: string): object {
  return { experimental_telemetry: { functionId: agentName, metadata: { plan } } };
}

/** v7 has no metadata: it reports the parts of the runtime context that the call allows. */
function runtimeContextSettings(agentName: string, plan: string): object {
  return {
    runtimeContext: { plan },
    telemetry: { functionId: agentName, includeRuntimeContext: { plan: true } },
  };
}
