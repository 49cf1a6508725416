/**
 * A streamed call whose readers cannot be observed, and whose model call fails. No callback of the SDK reports its end,
 * so it ends at the idle deadline with the error. A failed model call does not count as work in progress.
 */
import { clearTimers, passMs } from "../support/fake-clock.ts";
import { wrapAISDK } from "ai-spans";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { drain, rejects, says } from "../conformance/script.ts";
import { RoomServiceError } from "../support/failures.ts";
import { majors } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ExitStage } from "./exit-stage.ts";
import { expectSpans } from "./expect-spans.ts";

const { tee } = ReadableStream.prototype;
const DEADLINE_MS = 60_000;

beforeEach(() => {
  clearTimers();
  // Replaces `tee`, as instrumentations and polyfills do. On such a platform ai-spans does not observe readers.
  ReadableStream.prototype.tee = function (this: ReadableStream) {
    return tee.call(this);
  } as typeof tee;
});
afterEach(() => {
  ReadableStream.prototype.tee = tee;
});

const STEPS: Readonly<Record<string, ScriptedStep>> = {
  "that the provider refuses": rejects(new RoomServiceError("no")),
  "whose stream breaks": says("", { parts: [{ text: "a " }], streamError: new RoomServiceError("no") }),
};

const cases = majors.flatMap((major) =>
  Object.entries(STEPS).map(([title, step]) => ({ major, title, step })),
);

test.each(cases)("a call $title, on $major.name", async ({ major, title, step }) => {
  const telemetry = setupTelemetry();
  const sdk = wrapAISDK(major.ai, { idleDeadlineMs: DEADLINE_MS });
  const app = new ExitStage(major, sdk, telemetry, "streamText");
  const result = app.streamText([step], { maxRetries: 0 });
  await drain(result);
  await passMs(3 * DEADLINE_MS);
  expect(telemetry.open.map(({ name }) => name)).toEqual([]);
  const isRefused = title === "that the provider refuses";
  const unknown = isRefused ? ({ response: null, output: false } as const) : {};
  const error = "RoomServiceError";
  await expectSpans(
    telemetry,
    agentSpan({ error, usage: null, finish: null }, [
      chatSpan({ streaming: true, error, usage: null, finish: null, ...unknown }),
    ]),
  );
});
