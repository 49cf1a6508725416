/**
 * Parts of a model stream (specifications V2, V3, V4) and of a result's base stream, bare or in the envelope
 * `{ part, partialOutput }` that v5 to v7 use there. Never reads what a part says.
 */
import { asRecord, type UnknownRecord } from "./guards.ts";

export function readEnvelopedPart(chunk: unknown): UnknownRecord | undefined {
  const envelope = asRecord(chunk);
  return asRecord(envelope?.part) ?? envelope;
}

/** Parts that carry output whatever they hold. Not `custom`: providers send it before any output (v7). */
const OUTPUT_PARTS =
  /^((text|reasoning|tool-input)-delta|tool-(input-start|call|result|approval-request)|(reasoning-)?file|source)$/;

/**
 * Whether a part carries output: the first one stops the clock of the time to first chunk. Starts, ends, metadata and
 * empty deltas do not.
 */
export function carriesOutput(part: UnknownRecord | undefined): boolean {
  return OUTPUT_PARTS.test(String(part?.type)) && part?.delta !== "";
}
