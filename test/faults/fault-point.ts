/**
 * The switch of fault injection: which place throws, and at which of its calls. Layers around real objects call
 * `strike` at each place, which throws if the place is armed.
 */
import { fileURLToPath } from "node:url";

/** Which calls of a place throw. The first call is 1. */
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
let era = 0;

/**
 * From here on the layers that exist throw no more. The spans of an earlier test may still end, when their results are
 * collected.
 */
export function retireLayers(): void {
  era += 1;
}

/** @returns whether layers that are created now still throw */
export function createEra(): () => boolean {
  const created = era;
  return () => created === era;
}

/** Arms these faults instead of the earlier ones. */
export function arm(...faults: readonly Fault[]): void {
  armed = faults.map((fault) => ({ ...fault, made: 0, strikes: 0 }));
}

/** Disarms all faults, and returns how often each of them threw. */
export function disarm(): readonly number[] {
  const strikes = armed.map((fault) => fault.strikes);
  armed = [];
  return strikes;
}

/** The error that every place throws. */
export class InjectedFault extends Error {
  override readonly name = "InjectedFault";
}

export interface StrikeOptions {
  /** Only calls from ai-spans throw, because the SDK and the platform reach the place too. */
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
/** Files between a place and its caller: the layers of these tests, OpenTelemetry and the platform. */
const PASSED_THROUGH = /\/test\/faults\/(fault-point|faulty-)|@opentelemetry\/|^node:/;
const FRAMES = 60;

/**
 * Whether code of ai-spans reached the place. A read through one of our proxies counts as the SDK's, because it reads
 * for the SDK.
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
