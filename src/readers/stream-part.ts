/**
 * Parts of a model stream (specifications V2, V3, V4) and of a result's base stream, bare or in the envelope
 * `{ part, partialOutput }` that v5 to v7 use there. Never reads what a part says.
 */
import { asRecord, type UnknownRecord } from "./guards.ts";

export function readEnvelopedPart(chunk: unknown): UnknownRecord | undefined {
  const envelope = asRecord(chunk);
  return asRecord(envelope?.part) ?? envelope;
}

/**
 * Whether a part of a model stream carries output: the first one stops the clock of the time to first chunk.
 * Starts, ends, metadata, empty deltas and a provider's own `custom` parts (v7) do not.
 */
export function carriesOutput(type: unknown, part: unknown): boolean {
  switch (type) {
    case "text-delta":
    case "reasoning-delta":
    case "tool-input-delta":
      return asRecord(part)?.delta !== "";
    case "tool-input-start":
    case "tool-call":
    case "tool-result":
    case "tool-approval-request":
    case "file":
    case "reasoning-file":
    case "source":
      return true;
    default:
      return false;
  }
}
