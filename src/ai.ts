/**
 * The AI SDK with its own names, traced. A bundler's alias replaces `ai` by it, so that no call of the program
 * changes. docs/guide/bundlers.md has a recipe for each bundler.
 *
 * It has the types of the installed SDK (majors 5, 6 and 7), and records what `wrapAISDK` without options records. If the
 * program itself wraps an export by `wrapAISDK` or `wrapAgent`, their options hold. A package named `ai` that is not the AI
 * SDK stays as it is. Spans
 * and metrics go to the registered providers. Without one, the original functions get the original parameters. Never
 * records content, and throws only what the SDK throws.
 *
 * An export that another major has is `undefined` here. For example, v5 has no `rerank`. The names of an ES module are
 * fixed when it is built.
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
// A name of ours for `ai`, from `imports` of package.json: an alias of `ai` does not apply to it. See
// docs/why/discoveries/aliases-of-bundlers.md.
import * as sdk from "#ai-spans/sdk";
import { contain } from "./foundation/containment.ts";
import { asRecord } from "./foundation/structure.ts";
import { resolveOptions } from "./options.ts";
import { Tracing } from "./spans/tracing.ts";
import { wrapNamespace } from "./wrap/namespace.ts";
import { isSDKModule } from "./wrap/sdk-module.ts";

export * from "#ai-spans/sdk";

let view: object | undefined;

/**
 * Each export calls it on its own, so that a bundler leaves out ai-spans where the program uses no traced export.
 *
 * @returns the traced export; the SDK's if that fails; `undefined` if this major of the SDK has no such export
 */
function traced(name: string): unknown {
  view ??= contain("ai-spans/ai", () =>
    isSDKModule(sdk)
      ? wrapNamespace<object>(sdk, new Tracing(resolveOptions("ai-spans/ai", undefined)), true)
      : sdk,
  );
  return asRecord(view ?? sdk)?.[name];
}

// `dist/ai.d.ts` has none of them, because their types are the SDK's: see tsdown.config.ts.
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
