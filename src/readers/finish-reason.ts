/**
 * The SDK's finish reasons, a string (V2) or `{ unified, raw }` (V3, V4), in the conventions' words.
 */
import { property } from "./guards.ts";

const FINISH_REASONS: Readonly<Record<string, string>> = {
  stop: "stop",
  length: "length",
  "content-filter": "content_filter",
  "tool-calls": "tool_call",
  error: "error",
};

export function readFinishReason(finishReason: unknown): string | undefined {
  const reason = typeof finishReason === "string" ? finishReason : property(finishReason, "unified");
  if (typeof reason !== "string") return undefined;
  return Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : "other";
}
