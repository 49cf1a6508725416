/**
 * Chooses whether delivered work starts a new trace or continues the sender's. The environment is read at each call,
 * because the program may set the variable late.
 */
import { processEnvironment } from "../carriers/environment.ts";
import { contain, report } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";

/**
 * How delivered work is traced.
 * - `linked`: a new trace with links to the sender
 * - `continuous`: the trace of the sender continues
 */
export type TraceMode = "linked" | "continuous";

const VARIABLE = "AI_SPANS_TRACE_MODE";
const DEFAULT_MODE: TraceMode = "linked";
/** The longest part of a value that a warning prints. */
const MAXIMUM_PRINTED_LENGTH = 64;

/**
 * The mode in the argument, or else in the environment variable, or else the default. A value that is no mode is
 * ignored, with one warning.
 */
export function traceMode(argument: unknown): TraceMode {
  return (
    modeOf("mode", argument) ??
    contain("environment", () => modeOf(VARIABLE, asRecord(processEnvironment())?.[VARIABLE])) ??
    DEFAULT_MODE
  );
}

function modeOf(from: string, value: unknown): TraceMode | undefined {
  if (value === "linked" || value === "continuous") return value;
  if (value !== undefined && value !== "") {
    const printed = isString(value) ? JSON.stringify(value.slice(0, MAXIMUM_PRINTED_LENGTH)) : typeof value;
    report(`${from} must be "linked" or "continuous", so ${printed} is ignored`, value);
  }
  return undefined;
}
