/**
 * The SDK's finish reasons, a string (V2) or `{ unified, raw }` (V3, V4), in the conventions' words.
 */
import { asRecord, isString } from "./guards.ts";

export function readFinishReasons(finishReason: unknown): string[] | undefined {
  const reason = asRecord(finishReason)?.unified ?? finishReason;
  if (!isString(reason)) return undefined;
  if (reason === "tool-calls") return ["tool_call"];
  return [/^(stop|length|content-filter|error)$/.test(reason) ? reason.replace("-", "_") : "other"];
}
