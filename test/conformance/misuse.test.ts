/**
 * Arguments that are easily confused lead to an error, or to one warning, whose message says what to write.
 *
 * Holds: misuse.
 */
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { createAISDKTelemetry, wrapAgent, wrapAISDK } from "ai-spans";
import { afterEach, describe, expect, test } from "vitest";
import { v7 } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { says } from "./script.ts";

const NAMES = "namespace, idleDeadlineMs, runUsage, tracerProvider, meterProvider, semconv";

describe("an unknown option", () => {
  test.each([
    ["tracer", ' (did you mean "tracerProvider"?)'],
    ["nameSpace", ' (did you mean "namespace"?)'],
    ["idleDeadline", ' (did you mean "idleDeadlineMs"?)'],
    ["semConv", ' (did you mean "semconv"?)'],
    ["runUsgae", ' (did you mean "runUsage"?)'],
    ["recordInputs", ""],
    ["", ""],
    ["x".repeat(100_000), ""],
  ])("%.20s is refused with the nearest known one and the list", (name, question) => {
    const message = `wrapAISDK: option "${name}" is unknown${question}; known options: ${NAMES}`;
    const options = { [name]: true } as object;
    expect(() => wrapAISDK(v7.ai, options)).toThrow(new TypeError(message));
  });
});

test("wrapAgent of a class asks for an instance", () => {
  class Booker {
    readonly name = "booker";
  }
  expect(() => wrapAgent(Booker)).toThrow(
    new TypeError("wrapAgent: agent is a class: pass an instance of it"),
  );
});

test("createAISDKTelemetry of the SDK says what to write", () => {
  const misused = createAISDKTelemetry as (ai: unknown) => unknown;
  expect(() => misused(v7.ai)).toThrow(
    new TypeError(
      "createAISDKTelemetry: takes options, not the AI SDK; write registerTelemetry(createAISDKTelemetry())",
    ),
  );
});

describe("a factory that is registered without its call", () => {
  afterEach(() => diag.disable());

  test("is reported once, and the program goes on", async () => {
    const warnings: string[] = [];
    const ignore = (): void => {};
    const logger = { error: ignore, info: ignore, debug: ignore, verbose: ignore };
    diag.setLogger({ ...logger, warn: (text) => warnings.push(text) }, DiagLogLevel.WARN);
    for (const text of ["one", "two"]) {
      const { model } = scriptedModel(v7, [says(text)]);
      const telemetry = { integrations: [createAISDKTelemetry] };
      const result = await v7.ai.generateText({ model, prompt: "a room", telemetry });
      expect(result.text).toBe(text);
    }
    expect(warnings).toEqual([
      "ai-spans: nothing is traced: registerTelemetry got the function createAISDKTelemetry; call it: registerTelemetry(createAISDKTelemetry())",
    ]);
  });
});
