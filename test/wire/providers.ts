/**
 * The provider packages of each major with the local server, by wire format: the package, its model, and what its spans
 * record of the provider.
 */
import { anthropic as anthropicToolsV7, createAnthropic as anthropicV7 } from "@ai-sdk/anthropic";
import { anthropic as anthropicToolsV5, createAnthropic as anthropicV5 } from "@ai-sdk/anthropic-v5";
import { anthropic as anthropicToolsV6, createAnthropic as anthropicV6 } from "@ai-sdk/anthropic-v6";
import { createGoogleGenerativeAI as googleV7 } from "@ai-sdk/google";
import { createGoogleGenerativeAI as googleV5 } from "@ai-sdk/google-v5";
import { createGoogleGenerativeAI as googleV6 } from "@ai-sdk/google-v6";
import { openai as openAIToolsV7, createOpenAI as openAIV7 } from "@ai-sdk/openai";
import { createOpenAICompatible as compatibleV7 } from "@ai-sdk/openai-compatible";
import { createOpenAICompatible as compatibleV5 } from "@ai-sdk/openai-compatible-v5";
import { createOpenAICompatible as compatibleV6 } from "@ai-sdk/openai-compatible-v6";
import { openai as openAIToolsV5, createOpenAI as openAIV5 } from "@ai-sdk/openai-v5";
import { openai as openAIToolsV6, createOpenAI as openAIV6 } from "@ai-sdk/openai-v6";
import type { ProviderServer, WireFormat } from "../../fixtures/provider-server.ts";
import type { MajorName } from "../support/majors.ts";
import type { WireIdentity } from "./wire-identity.ts";

export interface Provider {
  /** The model that the application requests. */
  readonly modelId: string;
  /** `gen_ai.provider.name`. */
  readonly name: string;
  /** The part of the response's id and model that the package passes on. */
  readonly reportedIdentity: (wire: WireIdentity, major: MajorName) => WireIdentity;
  /** Whether the model has the base URL. */
  readonly hasBaseURL: (major: MajorName) => boolean;
  /** @param headers choose the answers of the server */
  readonly model: (server: ProviderServer, major: MajorName, headers: Record<string, string>) => object;
}

const openAI = { v5: openAIV5, v6: openAIV6, v7: openAIV7 };
const anthropic = { v5: anthropicV5, v6: anthropicV6, v7: anthropicV7 };
const google = { v5: googleV5, v6: googleV6, v7: googleV7 };
const compatible = { v5: compatibleV5, v6: compatibleV6, v7: compatibleV7 };

const always = (): boolean => true;
const never = (): boolean => false;
const all = (wire: WireIdentity): WireIdentity => wire;

const apiKey = "not-a-key";
const OPENAI_MODEL = "gpt-5.4-mini";
const ANTHROPIC_MODEL = "claude-haiku-4-5";
const GOOGLE_MODEL = "gemini-3.1-flash";
const COMPATIBLE_MODEL = "kestrel-chat";

export const providers: Readonly<Record<WireFormat, Provider>> = {
  "openai-responses": {
    modelId: OPENAI_MODEL,
    name: "openai",
    reportedIdentity: all,
    hasBaseURL: (major) => major === "v7",
    model: ({ baseUrl }, major, headers) =>
      openAI[major]({ baseURL: baseUrl.openai, apiKey, headers }).responses(OPENAI_MODEL),
  },
  "openai-chat": {
    modelId: OPENAI_MODEL,
    name: "openai",
    reportedIdentity: all,
    hasBaseURL: never,
    model: ({ baseUrl }, major, headers) =>
      openAI[major]({ baseURL: baseUrl.openai, apiKey, headers }).chat(OPENAI_MODEL),
  },
  "anthropic-messages": {
    modelId: ANTHROPIC_MODEL,
    name: "anthropic",
    reportedIdentity: all,
    hasBaseURL: always,
    model: ({ baseUrl }, major, headers) =>
      anthropic[major]({ baseURL: baseUrl.anthropic, apiKey, headers })(ANTHROPIC_MODEL),
  },
  "google-generative-ai": {
    modelId: GOOGLE_MODEL,
    name: "gcp.gemini",
    // No major's package reports the model, and v5's does not report the id.
    reportedIdentity: ({ id }, major) => (major === "v5" || id === undefined ? {} : { id }),
    hasBaseURL: always,
    model: ({ baseUrl }, major, headers) =>
      google[major]({ baseURL: baseUrl.google, apiKey, headers })(GOOGLE_MODEL),
  },
  "openai-compatible": {
    modelId: COMPATIBLE_MODEL,
    name: "kestrel-cloud",
    reportedIdentity: all,
    hasBaseURL: never,
    model: ({ baseUrl }, major, headers) =>
      compatible[major]({
        name: "kestrel-cloud",
        baseURL: baseUrl.openAICompatible,
        apiKey,
        headers,
        includeUsage: true,
      })(COMPATIBLE_MODEL),
  },
};

// The keys of `providers` are the formats.
export const formats = Object.keys(providers) as readonly WireFormat[];

/** The provider-executed search of each major's package. */
export const searchTools: Partial<Readonly<Record<WireFormat, Readonly<Record<MajorName, object>>>>> = {
  "openai-responses": {
    v5: openAIToolsV5.tools.webSearch({}),
    v6: openAIToolsV6.tools.webSearch({}),
    v7: openAIToolsV7.tools.webSearch({}),
  },
  "anthropic-messages": {
    v5: anthropicToolsV5.tools.webSearch_20250305({}),
    v6: anthropicToolsV6.tools.webSearch_20250305({}),
    v7: anthropicToolsV7.tools.webSearch_20250305({}),
  },
};
