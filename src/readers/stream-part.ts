/**
 * Parts of a model stream (specifications V2, V3, V4). Never reads what a part says.
 */
import { isString, type UnknownRecord } from "../foundation/structure.ts";

/** Parts that carry output whatever they hold. Not `custom`: providers send it before any output (v7). */
const OUTPUT_PARTS =
  /^((text|reasoning|tool-input)-delta|tool-(input-start|call|result|approval-request)|(reasoning-)?file|source)$/;

/**
 * Whether a part carries output: the first one stops the clock of the time to first chunk. Starts, ends, metadata and
 * empty deltas do not.
 */
export function carriesOutput(part: UnknownRecord | undefined): boolean {
  const type = part?.type;
  return isString(type) && OUTPUT_PARTS.test(type) && part?.delta !== "";
}
