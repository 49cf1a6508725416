/**
 * Runs a program on the bare SDK and traced. It must notice the same: results, errors and unhandled rejections.
 */
import { expect } from "vitest";
import { rest } from "../support/gate.ts";
import type { CallParameters, SDK } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import type { Way } from "../support/ways.ts";
import { traced, untrace } from "./stage.ts";

/** What a program notices. */
export interface Observation<T> {
  readonly result: T;
  /** The unhandled rejections. */
  readonly rejections: readonly string[];
}

export async function observeProgram<T>(run: () => Promise<T>): Promise<Observation<T>> {
  let result: T;
  const rejections = await collectRejections(async () => {
    result = await run();
  });
  return { result: result!, rejections: rejections.map(String) };
}

export interface Comparison<T> {
  readonly telemetry: Telemetry;
  /** What the program returned, which is the same on both SDKs. */
  readonly result: T;
}

export interface ComparisonOptions {
  /** Options of the wrapper or the adapter. */
  readonly options?: CallParameters;
  /** The module to wrap, if it is not the SDK's. */
  readonly ai?: SDK;
}

type Compared<T> = (sdk: SDK, telemetry: Telemetry) => Promise<T>;

/** Runs the program twice, each time with new telemetry. A program that throws must throw the same on both SDKs. */
export async function compare<T>(
  way: Way,
  program: Compared<T>,
  { options, ai = way.major.ai }: ComparisonOptions = {},
): Promise<Comparison<T>> {
  untrace();
  const bare = await observeToRest(program, ai, setupTelemetry());
  const telemetry = setupTelemetry();
  try {
    const observation = await observeToRest(program, traced(way, options, ai), telemetry);
    expect(observation, "what the program notices").toEqual(bare);
    return { telemetry, result: observation.result as T };
  } finally {
    untrace();
  }
}

async function observeToRest<T>(
  program: Compared<T>,
  ...stage: Parameters<Compared<T>>
): Promise<Observation<T | string>> {
  return observeProgram(async () => {
    try {
      return await program(...stage);
    } catch (error) {
      return `throws ${String(error)}`;
    } finally {
      await rest();
    }
  });
}
