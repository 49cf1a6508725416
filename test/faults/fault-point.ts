/**
 * The one switch of fault injection: which place throws, and at which of its calls. Layers around real objects call
 * `strike` at each place; it throws where the place is armed.
 */
import { fileURLToPath } from "node:url";

/** Which calls of a place throw, counted from 1. */
export interface Calls {
  readonly first: number;
  readonly last: number;
}

export const EVERY_CALL: Calls = { first: 1, last: Infinity };

export interface Fault {
  readonly place: string;
  readonly calls: Calls;
}

interface ArmedFault extends Fault {
  made: number;
  strikes: number;
}

let armed: readonly ArmedFault[] = [];

/** Takes the place of what was armed before. */
export function arm(...faults: readonly Fault[]): void {
  armed = faults.map((fault) => ({ ...fault, made: 0, strikes: 0 }));
}

/** Nothing throws any more. Gives how often each fault threw. */
export function disarm(): readonly number[] {
  const strikes = armed.map((fault) => fault.strikes);
  armed = [];
  return strikes;
}

/** What every place throws. */
export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

export interface StrikeOptions {
  /** The SDK and the platform reach the place as well: only calls of ours throw. */
  readonly onlyOurs?: boolean;
}

export function strike(place: string, { onlyOurs = false }: StrikeOptions = {}): void {
  for (const fault of armed) {
    if (fault.place !== place || (onlyOurs && !isCalledByUs())) continue;
    fault.made += 1;
    if (fault.made < fault.calls.first || fault.made > fault.calls.last) continue;
    fault.strikes += 1;
    throw new InjectedFault(`${place} is broken`);
  }
}

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));
/** Between a place and who asked for it: the layers of these tests, OpenTelemetry, the platform. */
const PASSED_THROUGH = /\/test\/faults\/(fault-point|faulty-)|@opentelemetry\/|^node:/;
const FRAMES = 60;

/**
 * Whether the code that reached the place is ours. A proxy of ours that the SDK reads does not count: it reads for the
 * SDK.
 */
function isCalledByUs(): boolean {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = FRAMES;
    Error.prepareStackTrace = (_error, frames) => frames.map((frame) => frame.getFileName());
    Error.captureStackTrace(holder, isCalledByUs);
    const files = (holder.stack as readonly (string | null | undefined)[]).map((file) =>
      file?.startsWith("file:") === true ? fileURLToPath(file) : file,
    );
    const caller = files.find(
      (file) => file && !PASSED_THROUGH.test(file) && file !== `${SOURCES}wrap/view.ts`,
    );
    return caller?.startsWith(SOURCES) === true;
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}
