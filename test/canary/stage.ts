/**
 * Where a canary program runs: a major, the SDK as the application has it, the markers, and what became of them.
 */
import { createGate, type Gate } from "../support/gate.ts";
import type { CallParameters, Major, MajorName, SDK } from "../support/majors.ts";
import { errorWith } from "./content.ts";
import type { ExportedTelemetry } from "./exported.ts";
import type { Markers } from "./markers.ts";

export type Entry = "wrapper" | "adapter";

export interface Stage {
  readonly major: Major;
  readonly sdk: SDK;
  readonly entry: Entry;
  readonly markers: Markers;
  readonly telemetry: ExportedTelemetry;
  /** What the provider was given and the application got: there the markers must be. */
  readonly seen: unknown[];
}

export interface CanaryProgram {
  readonly title: string;
  readonly majors?: readonly MajorName[];
  readonly run: (stage: Stage) => Promise<void>;
  /** How the first span ends, through the wrapper: `error.type`, the cause of a cancellation, or `ok`. */
  readonly outcome: string;
  /** The SDK's own telemetry (v7) tells nothing of it. */
  readonly isUntold?: boolean;
  /** Not a function of the SDK's namespace, so no matter of the adapter's. */
  readonly isOfWrapper?: boolean;
}

/** Keeps what comes out, whichever way it does. */
export async function witness(stage: Stage, work: () => unknown): Promise<void> {
  try {
    stage.seen.push(await work());
  } catch (error) {
    stage.seen.push(error);
  }
}

/** A signal whose reason says something. */
export function abortable(): { readonly controller: AbortController; readonly parameters: CallParameters } {
  const controller = new AbortController();
  return { controller, parameters: { abortSignal: controller.signal } };
}

/** Aborts a call while its provider waits at the gate. */
export async function abortWaiting(
  stage: Stage,
  waiting: (parameters: CallParameters, gate: Gate) => Promise<void>,
): Promise<void> {
  const gate = createGate();
  const { controller, parameters } = abortable();
  const calling = waiting(parameters, gate);
  // Not for ever: the program's outcome tells of one that never came so far.
  await Promise.race([gate.reached, calling]);
  controller.abort(errorWith(stage.markers, "abort"));
  gate.open();
  await calling;
}
