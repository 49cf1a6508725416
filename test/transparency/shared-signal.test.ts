/**
 * Many runs share one signal, for example a server's shutdown signal. ai-spans adds one listener for all of them.
 */
import { getEventListeners } from "node:events";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { says } from "../conformance/script.ts";
import { createGate, settle, type Gate } from "../support/gate.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";

const RUNS = 20;

/** Starts runs, all of which wait at the gate before their answer. */
async function startRuns(major: Major, sdk: SDK, abortSignal: AbortSignal, gate: Gate) {
  let waiting = 0;
  const runs = Array.from({ length: RUNS }, () => {
    const { model } = scriptedModel(major, [
      says("a room", {
        deaf: true,
        onCall: () => {
          waiting += 1;
          return gate.pass();
        },
      }),
    ]);
    return sdk.generateText({ model, prompt: "book", abortSignal });
  });
  await settle(() => waiting === RUNS);
  expect(waiting).toBe(RUNS);
  return runs;
}

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, "abort").length;
}

describe.each(majors)("on $name", (major) => {
  test("twenty runs at once add one listener to their signal, and take it away", async () => {
    setupTelemetry();
    const counts: { during: number; after: number }[] = [];
    for (const sdk of [major.ai, wrapAISDK(major.ai)]) {
      const gate = createGate();
      const { signal } = new AbortController();
      const runs = await startRuns(major, sdk, signal, gate);
      const during = listeners(signal);
      gate.open();
      await Promise.all(runs);
      counts.push({ during, after: listeners(signal) });
    }
    const [bare, wrapped] = counts;
    expect(wrapped).toEqual({ during: Number(bare?.during) + 1, after: bare?.after });
  });

  test("an abort reaches each of twenty runs that share a signal", async () => {
    const telemetry = setupTelemetry();
    const gate = createGate();
    const shutdown = new AbortController();
    const runs = await startRuns(major, wrapAISDK(major.ai), shutdown.signal, gate);
    shutdown.abort();
    expect(telemetry.open).toEqual([]);
    expect(telemetry.started).toHaveLength(2 * RUNS);
    for (const { attributes } of telemetry.started) {
      expect(attributes).toMatchObject({ "ai_spans.canceled": true, "ai_spans.cancel.cause": "abort" });
    }
    gate.open();
    await Promise.allSettled(runs);
  });
});
