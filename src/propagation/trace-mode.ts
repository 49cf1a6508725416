/**
 * Whether work that was handed over starts a trace of its own or goes on with the sender's. Reads the environment at
 * each call, so that it may be set late.
 */
import { processEnvironment } from "../carriers/environment.ts";
import { contain, report } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";

/** `linked`: a new trace with links; `continuous`: the sender's trace goes on. */
export type TraceMode = "linked" | "continuous";

const VARIABLE = "AI_SPANS_TRACE_MODE";
const DEFAULT_MODE: TraceMode = "linked";
/** A warning is no place for a long value. */
const MAXIMUM_SHOWN_LENGTH = 64;

/** The argument counts, then the variable; what is neither of the two modes is warned of once and left out. */
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
    const shown = isString(value) ? JSON.stringify(value.slice(0, MAXIMUM_SHOWN_LENGTH)) : typeof value;
    report(`${from} must be "linked" or "continuous", so ${shown} is not used`, value);
  }
  return undefined;
}
