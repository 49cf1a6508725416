// Selects the model of a scenario: the local server with a script, or the real provider.
import { scriptedAnswers, type ProviderServer } from "../../fixtures/provider-server.ts";
import type { DemoArguments } from "./arguments.ts";
import type { LanguageModel, Major } from "./majors.ts";

const OPENAI_MODEL = "gpt-5.4-mini";
const ANTHROPIC_MODEL = "claude-haiku-4-5";

/** One answer per step of the turn, or a list of answers for the attempts of a step. */
type Script = readonly (string | readonly string[])[];

export interface Models {
  readonly openai: (...script: Script) => LanguageModel;
  readonly anthropic: (...script: Script) => LanguageModel;
}

export function scriptedModels(major: Major, server: ProviderServer): Models {
  const settings = { apiKey: "not-a-key" };
  return {
    openai: (...script) =>
      major.createOpenAI({
        ...settings,
        baseURL: server.baseUrl.openai,
        headers: scriptedAnswers(...script),
      })(OPENAI_MODEL),
    anthropic: (...script) =>
      major.createAnthropic({
        ...settings,
        baseURL: server.baseUrl.anthropic,
        headers: scriptedAnswers(...script),
      })(ANTHROPIC_MODEL),
  };
}

/**
 * Returns models of the real providers, which ignore the script. With only one key, its provider serves both models.
 */
export function liveModels(major: Major, keys: NonNullable<DemoArguments["live"]>): Models {
  const { openaiKey, anthropicKey } = keys;
  const openai = openaiKey ? () => major.createOpenAI({ apiKey: openaiKey })(OPENAI_MODEL) : undefined;
  const anthropic = anthropicKey
    ? () => major.createAnthropic({ apiKey: anthropicKey })(ANTHROPIC_MODEL)
    : undefined;
  const either = openai ?? anthropic;
  if (!either) throw new TypeError("liveModels needs one key");
  return { openai: openai ?? either, anthropic: anthropic ?? either };
}
