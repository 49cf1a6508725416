/**
 * An agent of the program returns the result of a wrapped `streamText` call. The agent's run ends at once when that
 * call's run ends, and with the same outcome.
 */
import { wrapAgent, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { RoomServiceError } from "../support/failures.ts";
import { createGate, rest } from "../support/gate.ts";
import { majors, type CallParameters, type SDK, type StreamResult } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { outlineOf } from "../support/outline.ts";
import { drain, says } from "./script.ts";

/** An agent whose `stream` returns the result of the `streamText` that it got. */
class Desk {
  readonly version = "agent-v1";
  readonly id = "desk";
  readonly tools = {};
  readonly #sdk: SDK;
  readonly #parameters: CallParameters;

  constructor(sdk: SDK, parameters: CallParameters) {
    this.#sdk = sdk;
    this.#parameters = parameters;
  }

  async generate(): Promise<never> {
    throw new Error("not asked");
  }

  async stream(): Promise<StreamResult> {
    return this.#sdk.streamText(this.#parameters);
  }
}

/** Each test opens it at its end. */
let gate = createGate();

const CASES: Readonly<
  Record<
    string,
    readonly [step: () => ScriptedStep, use: (result: StreamResult) => Promise<unknown>, ends: string]
  >
> = {
  "is read to its end": [() => says("two"), drain, "ok 5"],
  "is awaited": [() => says("two"), async (result) => result.text, "ok 5"],
  "fails in its stream": [
    () => says("", { parts: [{ text: "a " }], streamError: new RoomServiceError("no"), finish: null }),
    drain,
    "RoomServiceError",
  ],
  "is left": [
    () => says("", { parts: [{ text: "a " }, { gate }] }),
    async ({ textStream }) => {
      for await (const _text of textStream) break;
    },
    "consumer",
  ],
};

describe.each(majors)("on $name", (major) => {
  test.each(Object.entries(CASES))("a result that %s", async (_title, [step, use, ends]) => {
    gate = createGate();
    const telemetry = setupTelemetry();
    const { model } = scriptedModel(major, [step()]);
    const desk = new Desk(wrapAISDK(major.ai), { model, prompt: "a room", onError: () => {} });
    await use(await wrapAgent(desk).stream());
    await rest();
    gate.open();
    expect(telemetry.open).toEqual([]);
    const outline = outlineOf(telemetry);
    const [outer] = outline.split(" (");
    expect(outer).toBe(`invoke_agent ${ends.split(" ")[0]}`);
    expect(outline).toContain(`(invoke_agent ${ends} (chat ${ends}`);
  });
});
