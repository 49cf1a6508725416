/**
 * The SDK's finish reasons, a string (V2) or `{ unified, raw }` (V3, V4), in the conventions' words.
 */
import { asRecord, isRecord, isString, type UnknownRecord } from "../foundation/structure.ts";

export function readFinishReasons(finishReason: unknown): string[] | undefined {
  const reason = asRecord(finishReason)?.unified ?? finishReason;
  if (!isString(reason)) return undefined;
  if (reason === "tool-calls") return ["tool_call"];
  return [/^(stop|length|content-filter|error)$/.test(reason) ? reason.replace("-", "_") : "other"];
}

/**
 * Whether a stream's `finish` part only says that the wire ended: no reason of the provider's came. `interrupted` (V4)
 * is that word; `other` without the wire's reason (V3) and `unknown` (V2) are it where the counts are missing as well. A
 * package that hands on the wire's counts hands on its reason too.
 */
export function isInterrupted({ finishReason, usage }: UnknownRecord): boolean {
  const reason = asRecord(finishReason);
  const unified = reason?.unified ?? finishReason;
  if (unified === "interrupted") return true;
  if (unified !== (reason ? "other" : "unknown") || reason?.raw !== undefined) return false;
  const { inputTokens, raw } = asRecord(usage) ?? {};
  return raw !== undefined || (isRecord(inputTokens) ? inputTokens.total : inputTokens) === undefined;
}
