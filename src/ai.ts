/**
 * The AI SDK, traced, with the SDK's names. A bundler's alias replaces `ai` by this entry, so that no call of the
 * program changes. docs/guide/bundlers.md has a recipe for each bundler.
 *
 * It has the types of the installed SDK (majors 5, 6 and 7), and records what `wrapAISDK` without options records.
 * If the program itself wraps an export with `wrapAISDK` or `wrapAgent`, the options of that wrapper hold. A package named
 * `ai` that is not the AI SDK stays as it is.
 *
 * Spans and metrics go to the registered providers. Without a provider, the original functions get the original
 * parameters. Never records content, and throws only what the SDK throws.
 *
 * An export that only another major has is `undefined` here, because the names of an ES module are fixed when it is
 * built. For example, v5 has no `rerank`.
 *
 * @example
 * ```ts
 * // With the alias, the bundler reads "ai-spans/ai" here.
 * import { generateText, type LanguageModel } from "ai";
 *
 * export async function answer(model: LanguageModel, prompt: string): Promise<string> {
 *   return (await generateText({ model, prompt })).text;
 * }
 * ```
 *
 * @module
 */
// `#ai-spans/sdk` is our name for `ai`, from `imports` of package.json. An alias of `ai` does not apply to it. See
// docs/why/discoveries/aliases-of-bundlers.md.
import * as sdk from "#ai-spans/sdk";
import { contain } from "./foundation/containment.ts";
import { asRecord } from "./foundation/structure.ts";
import { resolveOptions } from "./options.ts";
import { Tracing } from "./spans/tracing.ts";
import { wrapSDKModule } from "./wrap/sdk-module.ts";
import { isSDKModule } from "./wrap/sdk-exports.ts";

export * from "#ai-spans/sdk";

let view: object | undefined;

/**
 * Each export has a separate call, so that a bundler can leave out ai-spans if the program uses no traced export.
 *
 * @returns the traced export. If wrapping fails, the SDK's export. If this major of the SDK has no such export,
 *   `undefined`.
 */
function traced(name: string): unknown {
  view ??= contain("ai-spans/ai", () =>
    isSDKModule(sdk)
      ? wrapSDKModule<object>(sdk, new Tracing(resolveOptions("ai-spans/ai", undefined)), true)
      : sdk,
  );
  return asRecord(view ?? sdk)?.[name];
}

// `dist/ai.d.ts` declares none of these exports, because their types are the SDK's: see tsdown.config.ts.
export const Experimental_Agent = /* @__PURE__ */ traced("Experimental_Agent");
export const ToolLoopAgent = /* @__PURE__ */ traced("ToolLoopAgent");
export const embed = /* @__PURE__ */ traced("embed");
export const embedMany = /* @__PURE__ */ traced("embedMany");
export const experimental_generateImage = /* @__PURE__ */ traced("experimental_generateImage");
export const experimental_generateSpeech = /* @__PURE__ */ traced("experimental_generateSpeech");
export const experimental_generateVideo = /* @__PURE__ */ traced("experimental_generateVideo");
export const experimental_streamTextLowMemory = /* @__PURE__ */ traced("experimental_streamTextLowMemory");
export const experimental_transcribe = /* @__PURE__ */ traced("experimental_transcribe");
export const generateImage = /* @__PURE__ */ traced("generateImage");
export const generateObject = /* @__PURE__ */ traced("generateObject");
export const generateSpeech = /* @__PURE__ */ traced("generateSpeech");
export const generateText = /* @__PURE__ */ traced("generateText");
export const rerank = /* @__PURE__ */ traced("rerank");
export const streamObject = /* @__PURE__ */ traced("streamObject");
export const streamText = /* @__PURE__ */ traced("streamText");
export const transcribe = /* @__PURE__ */ traced("transcribe");
