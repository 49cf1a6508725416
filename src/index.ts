/**
 * OpenTelemetry GenAI spans for the AI SDK. See docs/ for what is recorded and how spans end.
 *
 * @module
 */
import { createAdapter, type AISDKTelemetry } from "./adapter/telemetry.ts";
import { report } from "./foundation/containment.ts";
import { resolveOptions, type WrapOptions } from "./options.ts";
import { asRecord, isFunction, isRecord, stringOf } from "./foundation/structure.ts";
import { readTurnAttributes } from "./readers/turn.ts";
import { Tracing } from "./spans/tracing.ts";
import { runInTurn } from "./spans/turn-context.ts";
import { traceAgent } from "./wrap/agent.ts";
import { traceTool } from "./wrap/direct-tool.ts";
import { checkNamespace, wrapNamespace } from "./wrap/namespace.ts";

export type { ExecuteHookOptions } from "./adapter/execute-hooks.ts";
export type { AISDKTelemetry } from "./adapter/telemetry.ts";
export type { WrapOptions } from "./options.ts";
export type { SemconvVersion } from "./semconv/vocabulary.ts";

/**
 * Scalars that describe one turn of a conversation. `agentName`, `agentVersion`, `agentId` and `conversationId` are
 * identity; `userId`, `requestId`, `trigger`, `admission`, `channel`, `continuation` and `generation` have keys of
 * their own; any other key is recorded as `ai_spans.metadata.{key}`. Strings are cut at 1,024 characters.
 */
export type TurnAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The AI SDK traced: every `generateText`, `streamText`, `generateObject` and `streamObject` call, and every `generate`
 * and `stream` of an agent made by its classes, becomes an `invoke_agent` span with `chat` and `execute_tool` spans below
 * it; embedding, reranking, image, speech, video and transcription calls become a span each. Works on the module
 * namespace, a default export or a plain object with the SDK's functions, of majors 5, 6 and 7; everything else in it is
 * passed through. Wrapping twice traces once.
 *
 * Never records content, never changes values, errors, callbacks or streams, and never throws after this call.
 *
 * @param ai the AI SDK: `import * as ai from "ai"`
 * @throws TypeError when `ai` has none of the SDK's functions, or an option is unknown or malformed
 */
export function wrapAISDK<T extends object>(ai: T, options?: WrapOptions): T {
  const tracing = new Tracing(resolveOptions("wrapAISDK", options));
  checkNamespace(ai);
  return wrapNamespace(ai, tracing);
}

/**
 * An integration for the AI SDK's own telemetry (v7): `registerTelemetry(createAISDKTelemetry())` traces every call in
 * the process, as `wrapAISDK` does. A call that is wrapped is traced by its wrapper alone, and an adapter that is
 * registered twice traces once. What the SDK does not signal is listed in docs/reference/adapter.md.
 *
 * Never records content, never delays or breaks a call, and never throws after this call.
 *
 * @throws TypeError when an option is unknown or malformed
 */
export function createAISDKTelemetry(options?: WrapOptions): AISDKTelemetry {
  return createAdapter(new Tracing(resolveOptions("createAISDKTelemetry", options)));
}

/**
 * An agent that was not made by a class of the wrapped SDK, traced: a view of it, whose `generate` and `stream` open
 * `invoke_agent` spans as theirs do. The agent itself is not changed. Agents that `wrapAISDK` traces come back as they are.
 * An agent of another make than the SDK's is traced inside only by functions of a wrapped SDK. A model of the gateway's
 * that is given by its id is not seen.
 *
 * @throws TypeError when `agent` has neither `generate` nor `stream`, or an option is unknown or malformed
 */
export function wrapAgent<T extends object>(agent: T, options?: WrapOptions): T {
  const tracing = new Tracing(resolveOptions("wrapAgent", options));
  const given = asRecord(agent);
  if (!isFunction(given?.generate) && !isFunction(given?.stream)) {
    throw new TypeError("wrapAgent: agent must be an object with generate or stream");
  }
  return traceAgent(agent, tracing);
}

/**
 * A tool that the program calls itself, traced: a view of it, each call of whose `execute` becomes an `execute_tool` span
 * below the active span, with the conversation and the metadata of `withTurn`. The tool itself is not changed. Where an
 * SDK that `wrapAISDK` or `createAISDKTelemetry` traces executes it, the call has the one span of its run. A tool without
 * `execute`, and one that is wrapped, come back as they are.
 *
 * @param name the tool's name, as spans and metrics record it
 * @throws TypeError when `name` is no text, `tool` is no object, or an option is unknown or malformed
 */
export function wrapTool<T extends object>(name: string, tool: T, options?: WrapOptions): T {
  const tracing = new Tracing(resolveOptions("wrapTool", options));
  if (stringOf(name) === undefined) throw new TypeError("wrapTool: name must be a string that is not empty");
  if (!isRecord(tool)) throw new TypeError("wrapTool: tool must be an object");
  return traceTool<T>(name, tool, tracing);
}

/**
 * Runs `work` so that every traced call inside carries these attributes; inner turns and what a call says itself win.
 * Anything but an object of scalars is left out, with one warning through `diag` where `attributes` is no object.
 * Carried by the OpenTelemetry context. Without a registered context manager the runtime's `AsyncLocalStorage` carries
 * them, with one warning through `diag`; where the runtime has none, they reach the calls that start before the first
 * `await` of `work`.
 *
 * @returns what `work` returns
 */
export function withTurn<T>(attributes: TurnAttributes, work: () => T): T {
  if (attributes !== undefined && (!isRecord(attributes) || Array.isArray(attributes))) {
    report("withTurn: attributes must be an object", attributes);
  }
  return runInTurn(readTurnAttributes(attributes), work);
}
