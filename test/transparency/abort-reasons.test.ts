/**
 * The application aborts with a reason whose getters throw. ai-spans ends the spans as aborted, and no error escapes.
 * That includes the timer that closes an unread result, where no caller could catch the error.
 */
// Imported first, before another module keeps the real clock.
import { clearTimers } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { expectSpans } from "../exits/expect-spans.ts";
import { turn } from "../support/gate.ts";
import { majors } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const IDLE_DEADLINE_MS = 1_000;

beforeEach(clearTimers);

/** Aborts with a reason whose `name` throws. */
function abort(controller: AbortController): void {
  controller.abort({
    get name() {
      throw new RangeError("no name");
    },
  });
}

const waiting = { parts: [{ text: "a room" }], hangs: true } as const;

describe.each(majors)("on $name, an abort reason that can not be read", (major) => {
  /**
   * Telemetry, a wrapped SDK, an abort controller, and call parameters with a model that stops after half an answer.
   */
  function started(isDeaf: boolean) {
    const telemetry = setupTelemetry();
    const controller = new AbortController();
    const step = { ...waiting, deaf: isDeaf };
    const { model } = scriptedModel(major, [step, step]);
    const parameters = { model, prompt: "a room", abortSignal: controller.signal, onError: () => {} };
    const sdk = wrapAISDK(major.ai, { idleDeadlineMs: IDLE_DEADLINE_MS });
    return { telemetry, controller, parameters, sdk };
  }

  function expectAborted(telemetry: Telemetry, streaming: boolean): Promise<void> {
    const aborted = { canceled: "abort", usage: null, finish: null } as const;
    const chat = chatSpan({ ...aborted, streaming, response: null });
    return expectSpans(telemetry, agentSpan({ ...aborted, name: null }, [chat]));
  }

  test("closes a stream that nobody reads", async () => {
    const { telemetry, controller, parameters, sdk } = started(true);
    const result = sdk.streamText(parameters);
    await turn();
    abort(controller);
    for (let count = 0; count < 3; count++) {
      expect(() => vi.advanceTimersByTime(IDLE_DEADLINE_MS * 2)).not.toThrow();
      await turn();
    }
    await expectAborted(telemetry, true);
    expect(typeof result).toBe("object");
  });

  test("closes a stream that is read", async () => {
    const { telemetry, controller, parameters, sdk } = started(false);
    const reading = sdk.streamText(parameters).consumeStream();
    await turn();
    abort(controller);
    await reading;
    await expectAborted(telemetry, true);
  });

  test("ends the run of generateText, which rejects as on the bare SDK", async () => {
    const { telemetry, controller, parameters, sdk } = started(false);
    const failures = [sdk, major.ai].map(({ generateText }) =>
      generateText(parameters).catch((error: unknown) => error),
    );
    await turn();
    abort(controller);
    const [wrapped, bare] = await Promise.all(failures);
    expect(String(wrapped)).toBe(String(bare));
    await expectAborted(telemetry, false);
  });
});
