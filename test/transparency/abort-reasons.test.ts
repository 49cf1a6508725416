/**
 * An abort reason of the application whose getters throw: nothing of it gets out, also where no caller is left to catch
 * it, as in the timer that closes a result nobody reads.
 */
// First: before anything takes its clock.
import { clearTimers } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { beforeEach, expect, test, vi } from "vitest";
import { turn } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";

const IDLE_DEADLINE_MS = 1_000;

beforeEach(clearTimers);

test.each(majors)("closes a stream whose abort reason can not be read on $name", async (major) => {
  const telemetry = setupTelemetry();
  const controller = new AbortController();
  const { model } = scriptedModel(major, [{ parts: [{ text: "a room" }], hangs: true, deaf: true }]);
  const parameters = { model, prompt: "a room", abortSignal: controller.signal, onError: () => {} };
  const sdk = wrapAISDK(major.ai, { idleDeadlineMs: IDLE_DEADLINE_MS });
  const result = sdk.streamText(parameters);
  await turn();
  controller.abort({
    get name() {
      throw new RangeError("no name");
    },
  });
  for (let count = 0; count < 3; count++) {
    expect(() => vi.advanceTimersByTime(IDLE_DEADLINE_MS * 2)).not.toThrow();
    await turn();
  }
  expect(telemetry.open.map(({ name }) => name)).toEqual([]);
  expect(typeof result).toBe("object");
});
