/**
 * A broken provider of the program fails as on the bare SDK, and ai-spans does not call it more often.
 */
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { withDefaultProvider } from "../support/default-provider.ts";
import { majors, type SDK } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";

test.each(majors)("on $name, a default provider that answers an id with an id", async (major) => {
  const telemetry = setupTelemetry();
  async function timesAsked(sdk: SDK): Promise<number> {
    let asked = 0;
    const languageModel = (): unknown => {
      asked += 1;
      return "another";
    };
    const provider = Object.assign(major.mockProvider({}), { languageModel });
    await withDefaultProvider(provider, async () => {
      await expect(sdk.generateText({ model: "room-model", prompt: "a room" })).rejects.toThrow();
    });
    return asked;
  }
  const byBare = await timesAsked(major.ai);
  expect(await timesAsked(wrapAISDK(major.ai))).toBeLessThanOrEqual(byBare);
  expect(telemetry.open).toEqual([]);
  expect(telemetry.started.length).toBeGreaterThan(0);
});
