/**
 * The neighbors that an application turns on in its code. integrations/neighbor.mjs and traceloop/neighbor.mjs have one
 * entry for each.
 */
import { vendorEnvironment } from "../support/vendor-environment.ts";
import { expect } from "vitest";
import type { Content } from "./apm.ts";
import { expectOurSpans, type NeighborEffects } from "./beside.ts";
import { runWays, type Major, type Neighbor, type ProgramWay, type Run, type Way } from "./run-beside.ts";

/** The settings of the neighbor, as its documentation states them. */
const environment = (url: string): Record<string, string> => ({
  NEIGHBOR_URL: url,
  ...vendorEnvironment(url),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
});

export function integration(name: string, major: Major, more: Partial<Neighbor> = {}): Neighbor {
  const telemetry = major === "v7" ? "registered" : "per call";
  return {
    folder: "integrations",
    ...more,
    environment: (url) => ({
      ...environment(url),
      NEIGHBOR: name,
      TELEMETRY: telemetry,
      ...more.environment?.(url),
    }),
  };
}

export const waysOf = (major: Major): Array<Exclude<Way, "without">> =>
  major === "v7" ? ["wrapper", "adapter"] : ["wrapper"];

/** The program and the reports are the same as in the control, and the spans of ai-spans are complete. */
export function expectAsInControl(run: Run, control: Run, way: Way, effects: NeighborEffects): void {
  expect(run.program).toEqual(control.program);
  // How often a neighbor reports something depends on its batches.
  expect(new Set(run.reports)).toEqual(new Set(control.reports));
  expectOurSpans(run.spans, way, effects);
}

/** Runs the control and then the ways, in one process. */
export async function runWithControl<Ways extends ProgramWay>(
  neighbor: Neighbor,
  major: Major,
  ways: readonly Ways[],
): Promise<{ readonly control: Run; readonly runs: ReadonlyArray<readonly [Ways, Run]> }> {
  const [control, ...runs] = await runWays(neighbor, major, ["without", ...ways]);
  if (!control || runs.length < ways.length) throw new Error("the program printed too little");
  expectOurSpans(control.spans, "without");
  return { control, runs: ways.flatMap((way, index) => (runs[index] ? [[way, runs[index]] as const] : [])) };
}

/** The content that the SDK's telemetry has by default. */
export const CONTENT: readonly Content[] = [
  "prompt",
  "answer",
  "tool arguments",
  "tool result",
  "tool description",
];
