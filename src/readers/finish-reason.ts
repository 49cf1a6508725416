/**
 * The SDK's finish reasons, a string (V2) or `{ unified, raw }` (V3, V4), in the conventions' words.
 */
import { asRecord } from "./guards.ts";

const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["content-filter", "content_filter"],
  ["tool-calls", "tool_call"],
  ["error", "error"],
]);

export function readFinishReason(finishReason: unknown): string | undefined {
  const reason = typeof finishReason === "string" ? finishReason : asRecord(finishReason)?.unified;
  return typeof reason === "string" ? (FINISH_REASONS.get(reason) ?? "other") : undefined;
}
