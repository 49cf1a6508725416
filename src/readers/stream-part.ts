/**
 * Recognizes parts of a model stream that carry output (specifications V2, V3, V4). Never reads the output.
 */
import { isString, type UnknownRecord } from "../foundation/structure.ts";

/** Types of parts that carry output. `custom` is left out, because providers send such parts before any output (v7). */
const OUTPUT_PARTS =
  /^((text|reasoning|tool-input)-delta|tool-(input-start|call|result|approval-request)|(reasoning-)?file|source)$/;

/**
 * Whether a part carries output. The time to first chunk ends at the first such part. Parts that only start, end or
 * describe something carry no output. Empty deltas carry none either.
 */
export function carriesOutput(part: UnknownRecord | undefined): boolean {
  const type = part?.type;
  return isString(type) && OUTPUT_PARTS.test(type) && part?.delta !== "";
}
