/**
 * One program on the bare SDK and on the wrapped one, and the means to look at what only a curious program looks at.
 */
import { wrapAISDK } from "ai-spans";
import { expect } from "vitest";
import type { CallParameters, Major, SDK } from "../../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";

export interface Both<T> {
  readonly bare: T;
  readonly wrapped: T;
  /** Of the wrapped run. */
  readonly telemetry: Telemetry;
}

/** Each run has telemetry of its own. The wrapped one is traced and fails nowhere. */
export async function onBoth<T>(major: Major, program: (sdk: SDK) => T | Promise<T>): Promise<Both<T>> {
  setupTelemetry();
  const bare = await program(major.ai);
  const telemetry = setupTelemetry();
  const wrapped = await program(wrapAISDK(major.ai));
  expect(telemetry.started.length, "spans of the wrapped run").toBeGreaterThan(0);
  expect(telemetry.diagnostics).toEqual([]);
  return { bare, wrapped, telemetry };
}

type Functions = "generateText" | "streamText";

/**
 * The SDK with functions of the program's in front, as a patch of the module has them: they get what the SDK gets. What
 * is wrapped is the patched SDK.
 */
export function patched(sdk: SDK, before: (parameters: CallParameters) => void): SDK {
  const patch =
    (name: Functions) =>
    (parameters: CallParameters): unknown => {
      before(parameters);
      return sdk[name](parameters);
    };
  return { ...sdk, generateText: patch("generateText"), streamText: patch("streamText") } as SDK;
}

/** Both runs with a patch of the module below us. */
export async function onBothPatched<T>(
  major: Major,
  before: (parameters: CallParameters) => void,
  program: (sdk: SDK) => T | Promise<T>,
): Promise<Both<T>> {
  return onBoth({ ...major, ai: patched(major.ai, before) }, program);
}

export interface TickCounter {
  /** Microtasks so far. */
  count: number;
  /** Until then no timer and no event of the process has a turn. */
  isOn: boolean;
}

/** Counts microtasks. */
export function countTicks(): TickCounter {
  const LIMIT = 20_000;
  const counter = { count: 0, isOn: true };
  const next = async (): Promise<void> => {
    while (counter.isOn && counter.count < LIMIT) {
      counter.count += 1;
      await Promise.resolve();
    }
  };
  void next();
  return counter;
}

/** Looks at something at each of the next microtasks. */
export async function lookAtEachTick(look: () => void, ticks = 60): Promise<void> {
  for (let count = 0; count < ticks; count++) {
    look();
    await Promise.resolve();
  }
}

/** What a list held, without repetitions next to each other. */
export function changesIn<T>(values: readonly T[]): readonly T[] {
  const texts = values.map((value) => JSON.stringify(value));
  return values.filter((_value, index) => index === 0 || texts[index] !== texts[index - 1]);
}

/** The names of the spans in the order of their start, without what they are called on. */
export function operationsOf({ started }: Telemetry): readonly string[] {
  return started.map(({ name }) => name.split(" ")[0] ?? "");
}
