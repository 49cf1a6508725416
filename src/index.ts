/**
 * OpenTelemetry GenAI spans for the AI SDK. See docs/ for what is recorded and how spans end.
 *
 * @module
 */
import { warnOnce } from "./guard.ts";
import { resolveOptions, type WrapOptions } from "./options.ts";
import { readTurnAttributes } from "./readers/turn.ts";
import { runInTurn } from "./spans/turn-context.ts";
import { Tracing } from "./spans/tracing.ts";
import { hasOperation, wrapNamespace } from "./wrap/namespace.ts";
import { operationNames } from "./wrap/operations.ts";

export type { WrapOptions } from "./options.ts";

/**
 * Scalars that describe one turn of a conversation. `agentName`, `agentVersion`, `agentId` and `conversationId` are
 * identity; `userId`, `requestId`, `trigger`, `admission`, `channel`, `continuation` and `generation` have keys of
 * their own; any other key is recorded as `ai_spans.metadata.{key}`. Strings are cut at 1,024 characters.
 */
export type TurnAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The AI SDK with its functions traced: every `generateText` and `streamText` call becomes an `invoke_agent` span with
 * `chat` and `execute_tool` spans below it. Works on the module namespace, a default export or a plain object with the
 * SDK's functions, of majors 5, 6 and 7; everything else in it is passed through. Wrapping twice traces once.
 *
 * Never records content, never changes values, errors, callbacks or streams, and never throws after this call.
 *
 * @param ai the AI SDK: `import * as ai from "ai"`
 * @throws TypeError when `ai` has none of the SDK's functions, or an option is unknown or malformed
 */
export function wrapAISDK<T extends object>(ai: T, options?: WrapOptions): T {
  const resolved = resolveOptions("wrapAISDK", options);
  if (!hasOperation(ai) && !hasOperation(defaultExport(ai))) {
    const names = operationNames().join(", ");
    throw new TypeError(`wrapAISDK: ai must be the AI SDK, an object with one of ${names}; got ${kindOf(ai)}`);
  }
  return wrapNamespace(ai, new Tracing(resolved));
}

/**
 * Runs `work` so that every traced call inside carries these attributes; inner turns and what a call says itself win.
 * Anything but an object of scalars is left out, with one warning through `diag` where `attributes` is no object.
 * Carried by the OpenTelemetry context, so it needs a registered context manager to reach past an `await`.
 *
 * @returns what `work` returns
 */
export function withTurn<T>(attributes: TurnAttributes, work: () => T): T {
  if (attributes !== undefined && kindOf(attributes) !== "object") {
    warnOnce("withTurn", () => `attributes must be an object, got ${kindOf(attributes)}; the turn has none`);
  }
  return runInTurn(readTurnAttributes(attributes), work);
}

function defaultExport(ai: unknown): unknown {
  return typeof ai === "object" && ai !== null && "default" in ai ? ai.default : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
