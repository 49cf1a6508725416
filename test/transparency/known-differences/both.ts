/**
 * Runs one program on the bare SDK and on the wrapped one. Helps a test observe details that few programs look at.
 */
import { wrapAISDK } from "ai-spans";
import { expect, onTestFinished } from "vitest";
import type { CallParameters, Major, SDK } from "../../support/majors.ts";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";

export interface Both<T> {
  readonly bare: T;
  readonly wrapped: T;
  /** The telemetry of the wrapped run. */
  readonly telemetry: Telemetry;
}

/** Runs the program twice, each time with new telemetry. Expects spans of the wrapped run and no report to `diag`. */
export async function onBoth<T>(major: Major, program: (sdk: SDK) => T | Promise<T>): Promise<Both<T>> {
  setupTelemetry();
  const bare = await program(major.ai);
  const telemetry = setupTelemetry();
  const wrapped = await program(wrapAISDK(major.ai));
  expect(telemetry.started.length, "spans of the wrapped run").toBeGreaterThan(0);
  expect(telemetry.diagnostics).toEqual([]);
  return { bare, wrapped, telemetry };
}

/** Sets the SDK's default provider until the test ends. */
export function setDefaultProvider(provider: object): void {
  Object.assign(globalThis, { AI_SDK_DEFAULT_PROVIDER: provider });
  onTestFinished(() => void Reflect.deleteProperty(globalThis, "AI_SDK_DEFAULT_PROVIDER"));
}

/** Returns `done`, or the error as text. */
export function outcomeOf(act: () => unknown): string {
  try {
    act();
    return "done";
  } catch (error) {
    return String(error);
  }
}

type Functions = "generateText" | "streamText";

/**
 * Returns the SDK with patched functions that call `before` with their parameters, like a patch of the module. The
 * wrapper then wraps the patched SDK, so `before` gets what the SDK gets.
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

/** Runs the program twice. In both runs a patch lies between the wrapper and the SDK. */
export async function onBothPatched<T>(
  major: Major,
  before: (parameters: CallParameters) => void,
  program: (sdk: SDK) => T | Promise<T>,
): Promise<Both<T>> {
  return onBoth({ ...major, ai: patched(major.ai, before) }, program);
}

export interface TickCounter {
  /** The number of microtasks so far. */
  count: number;
  /** While this is true, no timer and no event of the process gets a turn. */
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

/** Calls `look` at each of the next microtasks. */
export async function lookAtEachTick(look: () => void, ticks = 60): Promise<void> {
  for (let count = 0; count < ticks; count++) {
    look();
    await Promise.resolve();
  }
}

/** The values of a list without adjacent repetitions. */
export function changesIn<T>(values: readonly T[]): readonly T[] {
  const texts = values.map((value) => JSON.stringify(value));
  return values.filter((_value, index) => index === 0 || texts[index] !== texts[index - 1]);
}

/** The operations of the spans, in the order of their starts, without the targets in their names. */
export function operationsOf({ started }: Telemetry): readonly string[] {
  return started.map(({ name }) => name.split(" ")[0] ?? "");
}
