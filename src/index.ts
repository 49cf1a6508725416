/**
 * OpenTelemetry GenAI spans and metrics for the AI SDK. docs/reference/spans.md states what is recorded.
 *
 * @module
 */
import { createAdapter, warningWhenUncalled, type AISDKTelemetry } from "./adapter/telemetry.ts";
import { report } from "./foundation/containment.ts";
import { resolveOptions, type TracingOptions } from "./options.ts";
import { asRecord, isConstructor, isFunction, isRecord, stringOf } from "./foundation/structure.ts";
import { readTurnAttributes } from "./readers/turn.ts";
import { Tracing } from "./spans/tracing.ts";
import { runInTurn } from "./spans/turn-context.ts";
import { wrapAgentObject } from "./wrap/agent.ts";
import { wrapDirectTool } from "./wrap/direct-tool.ts";
import { checkSDKModule, wrapSDKModule } from "./wrap/sdk-module.ts";

export type { ExecuteHookOptions } from "./adapter/execute-hooks.ts";
export type { AISDKTelemetry } from "./adapter/telemetry.ts";
export type { TracingOptions } from "./options.ts";
export type { SemconvVersion } from "./semconv/vocabulary.ts";

/** A string is cut at 1,024 UTF-16 units. A value that is `undefined` is not recorded. */
type TurnAttribute = string | number | boolean | undefined;

/** Facts about one turn of a conversation. Every run in the turn records them. */
export interface TurnAttributes {
  /** `gen_ai.agent.name`. */
  readonly agentName?: TurnAttribute;
  /** `gen_ai.agent.id`. */
  readonly agentId?: TurnAttribute;
  /** `gen_ai.agent.version`. */
  readonly agentVersion?: TurnAttribute;
  /** `gen_ai.conversation.id`. */
  readonly conversationId?: TurnAttribute;
  /** `user.id`. */
  readonly userId?: TurnAttribute;
  /** `ai_spans.turn.request_id`. */
  readonly requestId?: TurnAttribute;
  /** `ai_spans.turn.trigger`: the event that started the turn, such as `cron`. */
  readonly trigger?: TurnAttribute;
  /** `ai_spans.turn.admission`: how the program admitted the turn, such as `queued`. */
  readonly admission?: TurnAttribute;
  /** `ai_spans.turn.channel`: the channel of the user's message, such as `email`. */
  readonly channel?: TurnAttribute;
  /** `ai_spans.turn.continuation`: whether the turn continues an earlier turn. */
  readonly continuation?: TurnAttribute;
  /** `ai_spans.turn.generation`: the number of the attempt at the turn. */
  readonly generation?: TurnAttribute;
  /** Any other key is recorded as `ai_spans.metadata.{key}`. */
  readonly [key: string]: TurnAttribute;
}

/**
 * Wraps the AI SDK (majors 5, 6 and 7), so that its calls record spans and metrics.
 *
 * - `generateText`, `streamText`, `generateObject`, `streamObject`, and `generate` and `stream` of the SDK's agents
 *   record an `invoke_agent` span with `chat` and `execute_tool` spans below it.
 * - Each call that embeds, reranks, transcribes, or generates images, speech or video records one span.
 *
 * Never records content. Never changes values, errors, callbacks or streams. Calls of the wrapped SDK throw only what
 * the SDK throws.
 *
 * @param ai the SDK's module, its default export, or an object with the SDK's functions
 * @returns an object with the same exports. Exports that are not traced are the SDK's. A module that is wrapped twice
 *   records each call once.
 * @throws TypeError when `ai` has none of the SDK's functions, or when an option is unknown or malformed
 *
 * @example
 * ```ts
 * import * as sdk from "ai";
 * import { wrapAISDK } from "ai-spans";
 *
 * export const { generateText, streamText } = wrapAISDK(sdk);
 * ```
 */
export function wrapAISDK<T extends object>(ai: T, options?: TracingOptions): T {
  const tracing = new Tracing(resolveOptions("wrapAISDK", options));
  checkSDKModule(ai);
  return wrapSDKModule(ai, tracing);
}

/**
 * Creates an integration for the telemetry of AI SDK 7. Once it is registered, every call in the process records the
 * spans of `wrapAISDK`. docs/reference/adapter.md lists what it cannot record, because the SDK has no event for it.
 *
 * A call of a wrapped SDK is recorded by its wrapper only. Two registered integrations record each call once. Never
 * records content. Never delays a call or makes it fail.
 *
 * @throws TypeError when an option is unknown or malformed
 *
 * @example
 * ```ts
 * import { registerTelemetry } from "ai";
 * import { createAISDKTelemetry } from "ai-spans";
 *
 * registerTelemetry(createAISDKTelemetry());
 * ```
 */
export const createAISDKTelemetry: (options?: TracingOptions) => AISDKTelemetry =
  /* @__PURE__ */ warningWhenUncalled(function createAISDKTelemetry(options) {
    if (isFunction(asRecord(options)?.generateText))
      throw new TypeError(
        "createAISDKTelemetry: takes options, not the AI SDK; write registerTelemetry(createAISDKTelemetry())",
      );
    return createAdapter(new Tracing(resolveOptions("createAISDKTelemetry", options)));
  });

/**
 * Wraps an agent whose class does not come from a wrapped SDK. Its `generate` and `stream` record `invoke_agent` spans,
 * with `chat` and `execute_tool` spans below them.
 *
 * An agent whose class does not extend the SDK's has spans below its run only if it calls a wrapped SDK. An agent whose
 * model is an id of the AI Gateway has no `chat` spans.
 *
 * Never records content, and never changes the agent's values, errors or streams.
 *
 * @returns another object that replaces the agent in the program; `agent` itself if it is traced already
 * @throws TypeError when `agent` has neither `generate` nor `stream`, or when an option is unknown or malformed
 *
 * @example
 * ```ts
 * import { ToolLoopAgent, type LanguageModel } from "ai";
 * import { wrapAgent } from "ai-spans";
 *
 * export async function answer(model: LanguageModel, prompt: string): Promise<string> {
 *   const agent = wrapAgent(new ToolLoopAgent({ model }));
 *   return (await agent.generate({ prompt })).text;
 * }
 * ```
 */
export function wrapAgent<T extends object>(agent: T, options?: TracingOptions): T {
  const tracing = new Tracing(resolveOptions("wrapAgent", options));
  const candidate = asRecord(agent);
  if (!isFunction(candidate?.generate) && !isFunction(candidate?.stream)) {
    const rule = isConstructor(agent)
      ? "is a class: pass an instance of it"
      : "must be an object with generate or stream";
    throw new TypeError(`wrapAgent: agent ${rule}`);
  }
  return wrapAgentObject(agent, tracing);
}

/**
 * Wraps a tool that the program calls itself. Each call of `execute` records an `execute_tool` span below the active
 * span, with the conversation and the metadata of `withTurn`.
 *
 * The wrapped tool may also be passed to the SDK. If a traced run executes it, the call has one span, which is the
 * run's. Never records inputs or outputs, and never changes `tool`.
 *
 * @param name the name of the tool on spans and metrics
 * @returns another object that replaces the tool; `tool` itself if it has no `execute` or is wrapped already
 * @throws TypeError when `name` is no string or is empty, when `tool` is no object, or when an option is unknown or
 *   malformed
 *
 * @example
 * ```ts
 * import { wrapTool } from "ai-spans";
 *
 * const searchRooms = { execute: (input: { city: string }) => [`a room in ${input.city}`] };
 * export const rooms = wrapTool("searchRooms", searchRooms).execute({ city: "Paris" });
 * ```
 */
export function wrapTool<T extends object>(name: string, tool: T, options?: TracingOptions): T {
  const tracing = new Tracing(resolveOptions("wrapTool", options));
  if (stringOf(name) === undefined) throw new TypeError("wrapTool: name must be a string that is not empty");
  if (!isRecord(tool)) throw new TypeError("wrapTool: tool must be an object");
  return wrapDirectTool<T>(name, tool, tracing);
}

/**
 * Runs `work` in a turn. Every traced call inside records the attributes. If an inner turn, or the metadata of the call
 * itself, has the same attribute, its value is recorded instead.
 *
 * The OpenTelemetry context carries the attributes. Without a registered context manager, `AsyncLocalStorage` carries
 * them, and `diag` gets one warning. If the runtime has none, they reach only calls that start before the first `await`
 * of `work`.
 *
 * @param attributes values that are no scalars are not recorded. If `attributes` is no object, nothing is recorded and
 *   `diag` gets one warning.
 * @returns what `work` returns
 * @throws what `work` throws, and nothing else
 *
 * @example
 * ```ts
 * import * as sdk from "ai";
 * import { withTurn, wrapAISDK } from "ai-spans";
 *
 * const { generateText } = wrapAISDK(sdk);
 *
 * export function reply(model: sdk.LanguageModel, prompt: string, conversationId: string, userId: string) {
 *   return withTurn({ conversationId, userId, plan: "pro" }, () => generateText({ model, prompt }));
 * }
 * ```
 */
export function withTurn<T>(attributes: TurnAttributes, work: () => T): T {
  if (attributes !== undefined && (!isRecord(attributes) || Array.isArray(attributes))) {
    report("withTurn: attributes must be an object", attributes);
  }
  return runInTurn(readTurnAttributes(attributes), work);
}
