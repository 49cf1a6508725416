/**
 * The attributes that the floor records for an answer and for a failure.
 */
import { SpanStatusCode, type Attributes, type Span } from "@opentelemetry/api";
import type { FinishReason, Usage } from "./mock-model.ts";

export const FINISH_REASONS: Readonly<Record<string, string>> = {
  stop: "stop",
  "tool-calls": "tool_call",
  length: "length",
};

export function finishAttributes(finishReason: FinishReason, usage: Usage): Attributes {
  const { inputTokens, outputTokens } = usage;
  const reason = typeof finishReason === "string" ? finishReason : finishReason.unified;
  return {
    "gen_ai.response.finish_reasons": [FINISH_REASONS[reason] ?? "other"],
    "gen_ai.usage.input_tokens": typeof inputTokens === "number" ? inputTokens : inputTokens.total,
    "gen_ai.usage.output_tokens": typeof outputTokens === "number" ? outputTokens : outputTokens.total,
    "gen_ai.usage.cache_read.input_tokens":
      typeof inputTokens === "number" ? usage.cachedInputTokens : inputTokens.cacheRead,
    "gen_ai.usage.reasoning.output_tokens":
      typeof outputTokens === "number" ? usage.reasoningTokens : outputTokens.reasoning,
  };
}

export function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
}
