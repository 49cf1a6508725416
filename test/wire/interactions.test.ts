/**
 * Google's Interactions API, through the packages that support it.
 */
import { createGoogleGenerativeAI as googleV7 } from "@ai-sdk/google";
import { createGoogleGenerativeAI as googleV6 } from "@ai-sdk/google-v6";
import { afterAll, beforeAll } from "vitest";
import { startProviderServer, type ProviderServer } from "../../fixtures/provider-server.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import { testCounted } from "./counted-case.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0 });
});
afterAll(() => server.close());

const modelId = "gemini-3.1-flash";

const usages: Readonly<Record<string, ScriptedUsage>> = {
  // The input includes what Google's tools read: 38 + 902.
  "tool-use": { input: 940, output: 68, cacheRead: 0, reasoning: 50 },
  text: { input: 9, output: 18, cacheRead: 0, reasoning: 0 },
  "usage-missing-parts": { input: 9, output: 18 },
};

for (const [fixture, usage] of Object.entries(usages)) {
  testCounted(
    {
      package: "@ai-sdk/google",
      format: "google-interactions",
      fixture,
      provider: "gcp.gemini",
      modelId,
      hasBaseURL: true,
      models: {
        v6: ({ baseUrl }, headers) =>
          googleV6({ baseURL: baseUrl.google, apiKey: "not-a-key", headers }).interactions(modelId),
        v7: ({ baseUrl }, headers) =>
          googleV7({ baseURL: baseUrl.google, apiKey: "not-a-key", headers }).interactions(modelId),
      },
      facts: { usage, response: { id: "v1_ChdXS0l5YWZ6Tk9xbXF2dElQdjhTc0FR", model: modelId } },
    },
    () => server,
  );
}
