/**
 * What a canary program runs with: a major, the SDK as the application has it, the markers, and lists of all values
 * that came out.
 */
import type { Program } from "../harness/program.ts";
import type { Stage } from "../harness/stage.ts";
import { createGate, type Gate } from "../support/gate.ts";
import type { CallParameters } from "../support/majors.ts";
import { errorWith } from "./content.ts";
import type { ExportedTelemetry } from "./exported.ts";
import type { Markers } from "./markers.ts";

export interface CanaryStage extends Stage {
  readonly markers: Markers;
  readonly telemetry: ExportedTelemetry;
  /** What the provider and the application got. It must contain markers, or the program proves nothing. */
  readonly received: unknown[];
}

export interface CanaryProgram extends Program<CanaryStage> {
  /** How the first span ends, through the wrapper: `error.type`, the cause of a cancellation, or `ok`. */
  readonly outcome: string;
  /** v7's own telemetry reports nothing of this program, so the adapter has no span for it. */
  readonly isUnreported?: boolean;
  /** The program calls `wrapAgent`, so it does not run with the adapter. */
  readonly isOfWrapper?: boolean;
}

/** Runs the work and keeps its value or its error. */
export async function witness(stage: CanaryStage, work: () => unknown): Promise<void> {
  try {
    stage.received.push(await work());
  } catch (error) {
    stage.received.push(error);
  }
}

/** Aborts a call while its provider waits at the gate. */
export async function abortWaiting(
  stage: CanaryStage,
  waiting: (parameters: CallParameters, gate: Gate) => Promise<void>,
  reason: unknown = errorWith(stage.markers, "abort"),
): Promise<void> {
  const gate = createGate();
  const controller = new AbortController();
  const calling = waiting({ abortSignal: controller.signal }, gate);
  // A call that ends before it reaches the gate must not hang the test. The outcome of its span then fails the test.
  await Promise.race([gate.reached, calling]);
  controller.abort(reason);
  gate.open();
  await calling;
}
