/**
 * Answers for which the provider ran its search. The chat span has the facts of the wire. This test does not check the
 * span of the search.
 */
import { wrapAISDK } from "ai-spans";
import { afterAll, beforeAll, test } from "vitest";
import {
  scriptedAnswers,
  startProviderServer,
  type ProviderServer,
  type WireFormat,
} from "../../fixtures/provider-server.ts";
import { callText } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { providers, searchTools } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

const searches: readonly (readonly [format: WireFormat, fixture: string, usage: ScriptedUsage])[] = [
  ["openai-responses", "web-search", { input: 8714, output: 233, cacheRead: 7936, reasoning: 192 }],
  ["anthropic-messages", "web-search", { input: 10682, output: 95, cacheRead: 0, cacheWrite: 0 }],
  ["anthropic-messages", "pause-turn", { input: 2010, output: 40, cacheRead: 0, cacheWrite: 0 }],
];

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0 });
});
afterAll(() => server.close());

function withoutToolsOfProviders(telemetry: Telemetry): Telemetry {
  return {
    ...telemetry,
    open: telemetry.open,
    started: telemetry.started.filter(({ attributes }) => attributes["gen_ai.tool.type"] !== "extension"),
  };
}

for (const [format, fixture, usage] of searches) {
  for (const major of majors) {
    for (const streaming of [true, false]) {
      test(`${format} ${fixture}, ${streaming ? "streamed" : "direct"}, has on ${major.name} the values of the wire`, async () => {
        const telemetry = setupTelemetry();
        const sdk = wrapAISDK(major.ai);
        const parameters = {
          model: providers[format].model(server, major.name, scriptedAnswers(fixture)),
          prompt: "When does it open?",
          tools: { web_search: searchTools[format]?.[major.name] },
        };
        await callText(sdk, streaming, parameters);
        const identity = await readWireIdentity(format, fixture, streaming);
        const facts = { usage, finish: "stop" };
        await expectSpanTree(
          withoutToolsOfProviders(telemetry),
          wireAgent(format, undefined, [wireChat({ format, major: major.name, streaming, facts, identity })]),
        );
      });
    }
  }
}
