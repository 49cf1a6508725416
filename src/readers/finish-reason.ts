/**
 * Reads the SDK's finish reasons and converts them to the conventions' values. The SDK has a string (V2) or
 * `{ unified, raw }` (V3, V4).
 */
import { asRecord, isRecord, isString, type UnknownRecord } from "../foundation/structure.ts";

/** @returns a list, because the attribute is a list; `undefined` without a finish reason */
export function readFinishReasons(finishReason: unknown): string[] | undefined {
  const reason = asRecord(finishReason)?.unified ?? finishReason;
  if (!isString(reason)) return undefined;
  if (reason === "tool-calls") return ["tool_call"];
  return [/^(stop|length|content-filter|error)$/.test(reason) ? reason.replace("-", "_") : "other"];
}

/**
 * Whether the connection ended before the provider sent a finish reason. The provider package then makes up the
 * `finish` part.
 * - V4: the reason is `interrupted`.
 * - V3: the reason is `other`, without the provider's reason (`raw`).
 * - V2: the reason is `unknown`.
 *
 * On V3 and V2, the counts decide. Without an input count the answer is interrupted. With the provider's raw counts it
 * is interrupted too, because a package that passes on raw counts also passes on the raw reason.
 */
export function isInterrupted({ finishReason, usage }: UnknownRecord): boolean {
  const reason = asRecord(finishReason);
  const unified = reason?.unified ?? finishReason;
  if (unified === "interrupted") return true;
  if (unified !== (reason ? "other" : "unknown") || reason?.raw !== undefined) return false;
  const { inputTokens, raw } = asRecord(usage) ?? {};
  return raw !== undefined || (isRecord(inputTokens) ? inputTokens.total : inputTokens) === undefined;
}
