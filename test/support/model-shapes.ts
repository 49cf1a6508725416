/**
 * Converts the neutral script into the shapes of the provider specifications. V2 has flat usage and a finish reason as
 * text. V3 and V4 have usage by part, and the provider's raw finish reason too.
 */
import type { Gate } from "./gate.ts";
import type { Major } from "./majors.ts";
import type { ScriptedPart, ScriptedStep, ScriptedUsage } from "./scripted-model.ts";

export function toUsage(major: Major, usage: ScriptedUsage = {}): object {
  const { input, output, cacheRead, cacheWrite, reasoning } = usage;
  if (major.specification === "V2") {
    return {
      inputTokens: input,
      outputTokens: output,
      totalTokens: input === undefined || output === undefined ? undefined : input + output,
      cachedInputTokens: cacheRead,
      reasoningTokens: reasoning,
    };
  }
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead, cacheWrite },
    outputTokens: { total: output, text: undefined, reasoning },
  };
}

export function toFinishReason(major: Major, reason: string): unknown {
  return major.specification === "V2" ? reason : { unified: reason, raw: `raw-${reason}` };
}

/** The content of a `doGenerate` result, which is the same in all three specifications. */
export function toContent(part: ScriptedPart): object[] {
  if ("text" in part) return [{ type: "text", text: part.text }];
  if ("reasoning" in part) return [{ type: "reasoning", text: part.reasoning }];
  if ("toolCall" in part) return [toolCallPart(part.toolCall)];
  if ("verbatim" in part) return [part.verbatim];
  return [];
}

export type StreamItem = { readonly part: object } | { readonly gate: Gate };

export function toStreamParts(major: Major, step: ScriptedStep): StreamItem[] {
  const items: StreamItem[] = [{ part: { type: "stream-start", warnings: [] } }];
  if (step.response !== undefined) {
    items.push({
      part: { type: "response-metadata", id: step.response.id, modelId: step.response.model },
    });
  }
  (step.parts ?? []).forEach((part, index) => {
    if ("gate" in part) items.push({ gate: part.gate });
    else for (const streamed of streamedParts(part, `p${index}`)) items.push({ part: streamed });
  });
  if (step.finish !== null && step.hangs !== true && !("streamError" in step)) {
    items.push({
      part: {
        type: "finish",
        finishReason: toFinishReason(major, step.finish ?? "stop"),
        usage: toUsage(major, step.usage),
      },
    });
  }
  return items;
}

function streamedParts(part: Exclude<ScriptedPart, { gate: Gate }>, id: string): object[] {
  if ("text" in part) {
    return [
      { type: "text-start", id },
      { type: "text-delta", id, delta: part.text },
      { type: "text-end", id },
    ];
  }
  if ("reasoning" in part) {
    return [
      { type: "reasoning-start", id },
      { type: "reasoning-delta", id, delta: part.reasoning },
      { type: "reasoning-end", id },
    ];
  }
  if ("error" in part) return [{ type: "error", error: part.error }];
  if ("verbatim" in part) return [part.verbatim];
  const call = toolCallPart(part.toolCall);
  return [
    { type: "tool-input-start", id: call.toolCallId, toolName: call.toolName },
    { type: "tool-input-delta", id: call.toolCallId, delta: call.input },
    { type: "tool-input-end", id: call.toolCallId },
    call,
  ];
}

function toolCallPart({ id, name, input = {} }: Extract<ScriptedPart, { toolCall: unknown }>["toolCall"]) {
  return {
    type: "tool-call",
    toolCallId: id,
    toolName: name,
    input: JSON.stringify(input),
  } as const;
}
