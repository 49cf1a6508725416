/**
 * A program stops reading at an error part, as most programs do. Its run has that error, and is not canceled.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { rejects, says } from "../conformance/script.ts";
import { RoomServiceError } from "../support/failures.ts";
import { majors } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { outlineOf } from "../support/outline.ts";
import { comeToRest, ExitStage } from "./exit-stage.ts";

describe.each(majors)("on $name", (major) => {
  test.each<readonly [string, ScriptedStep, outline: string]>([
    [
      "a model call that fails",
      rejects(new RoomServiceError("no")),
      "invoke_agent RoomServiceError (chat RoomServiceError)",
    ],
    [
      "a stream with an error part",
      says("", { parts: [{ verbatim: { type: "error", error: new RoomServiceError("no") } }] }),
      "invoke_agent RoomServiceError 5 (chat RoomServiceError 5)",
    ],
  ])("%s fails a run whose reader leaves for it", async (_name, step, outline) => {
    const telemetry = setupTelemetry();
    const app = new ExitStage(major, wrapAISDK(major.ai), telemetry, "streamText");
    const parameters = { maxRetries: 0, onError: () => {} };
    const reading = async (): Promise<void> => {
      for await (const part of app.streamText([step], parameters).fullStream)
        if (part.type === "error") throw new RangeError("stops reading");
    };
    await expect(reading()).rejects.toThrow("stops reading");
    await comeToRest(app);
    expect(telemetry.open).toEqual([]);
    expect(outlineOf(telemetry)).toBe(outline);
  });
});
