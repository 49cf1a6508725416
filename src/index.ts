/**
 * OpenTelemetry GenAI spans for the AI SDK. See docs/ for what is recorded and how spans end.
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
import { traceAgent } from "./wrap/agent.ts";
import { traceTool } from "./wrap/direct-tool.ts";
import { checkNamespace, wrapNamespace } from "./wrap/namespace.ts";

export type { ExecuteHookOptions } from "./adapter/execute-hooks.ts";
export type { AISDKTelemetry } from "./adapter/telemetry.ts";
export type { TracingOptions } from "./options.ts";
export type { SemconvVersion } from "./semconv/vocabulary.ts";

/** A string is cut at 1,024 characters, `undefined` is left out. */
type TurnAttribute = string | number | boolean | undefined;

/** Facts about one turn of a conversation. Each is recorded on the spans of every run in the turn. */
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
  /** `ai_spans.turn.trigger`: what began the turn, such as `cron`. */
  readonly trigger?: TurnAttribute;
  /** `ai_spans.turn.admission`: how the turn was let in, such as `queued`. */
  readonly admission?: TurnAttribute;
  /** `ai_spans.turn.channel`: where the turn came from, such as `email`. */
  readonly channel?: TurnAttribute;
  /** `ai_spans.turn.continuation`: whether it goes on with an earlier turn. */
  readonly continuation?: TurnAttribute;
  /** `ai_spans.turn.generation`: which attempt at the turn it is. */
  readonly generation?: TurnAttribute;
  /** Any other key is recorded as `ai_spans.metadata.{key}`. */
  readonly [key: string]: TurnAttribute;
}

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
export function wrapAISDK<T extends object>(ai: T, options?: TracingOptions): T {
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
export const createAISDKTelemetry: (options?: TracingOptions) => AISDKTelemetry =
  /* @__PURE__ */ warningWhenUncalled(function createAISDKTelemetry(options) {
    if (isFunction(asRecord(options)?.generateText))
      throw new TypeError(
        "createAISDKTelemetry: takes options, not the AI SDK; write registerTelemetry(createAISDKTelemetry())",
      );
    return createAdapter(new Tracing(resolveOptions("createAISDKTelemetry", options)));
  });

/**
 * An agent that was not made by a class of the wrapped SDK, traced: a view of it, whose `generate` and `stream` open
 * `invoke_agent` spans as theirs do. The agent itself is not changed. Agents that `wrapAISDK` traces come back as they are.
 * An agent of another make than the SDK's is traced inside only by functions of a wrapped SDK. A model of the gateway's
 * that is given by its id is not seen.
 *
 * @throws TypeError when `agent` has neither `generate` nor `stream`, or an option is unknown or malformed
 */
export function wrapAgent<T extends object>(agent: T, options?: TracingOptions): T {
  const tracing = new Tracing(resolveOptions("wrapAgent", options));
  const given = asRecord(agent);
  if (!isFunction(given?.generate) && !isFunction(given?.stream)) {
    const rule = isConstructor(agent)
      ? "is a class: pass an instance of it"
      : "must be an object with generate or stream";
    throw new TypeError(`wrapAgent: agent ${rule}`);
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
export function wrapTool<T extends object>(name: string, tool: T, options?: TracingOptions): T {
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
