/**
 * The SDK's finish reasons, a string (V2) or `{ unified, raw }` (V3, V4), in the conventions' words.
 */
import { asRecord, isString } from "./guards.ts";

const FINISH_REASONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    stop: "stop",
    length: "length",
    "content-filter": "content_filter",
    "tool-calls": "tool_call",
    error: "error",
  }),
);

export function readFinishReasons(finishReason: unknown): string[] | undefined {
  const reason = asRecord(finishReason)?.unified ?? finishReason;
  return isString(reason) ? [FINISH_REASONS.get(reason) ?? "other"] : undefined;
}
