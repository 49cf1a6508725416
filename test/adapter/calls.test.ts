/**
 * The adapter removes a completed call at once. It does not wait until the engine collects what the SDK holds of the
 * call.
 */
import { createAISDKTelemetry } from "ai-spans";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { drain, says } from "../conformance/script.ts";
import { settle } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";

beforeEach(() => {
  setupTelemetry();
  registerIntegrations(createAISDKTelemetry());
});
afterEach(() => registerIntegrations());

const call = () => ({ model: scriptedModel(v7, [says("a room")]).model, prompt: "a room" });

test("holds no call that was answered", async () => {
  let during = 0;
  const onStepFinish = (): void => void (during = callCount());
  await v7.ai.generateText({ ...call(), onStepFinish });
  expect(during).toBe(1);
  expect(callCount()).toBe(0);
});

test("holds no stream that was read to its end", async () => {
  let during = 0;
  const onChunk = (): void => void (during = callCount());
  await drain(v7.ai.streamText({ ...call(), onChunk }));
  expect(during).toBe(1);
  await settle(() => callCount() === 0);
  expect(callCount()).toBe(0);
});
