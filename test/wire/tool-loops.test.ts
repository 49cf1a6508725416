/**
 * Two steps over the wire: parallel tool calls whose arguments arrive in uneven pieces, then the text. The spans have
 * the call ids of the wire.
 */
import { wrapAISDK } from "ai-spans";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  scriptedAnswers,
  startProviderServer,
  type ProviderServer,
  type WireFormat,
} from "../../fixtures/provider-server.ts";
import { toolSpan } from "../conformance/expected-spans.ts";
import { callText } from "../conformance/script.ts";
import { majors, type Major } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { formats, providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

interface Loop {
  readonly calls: string;
  readonly callIds: readonly [string, string];
  readonly callsUsage: ScriptedUsage;
  readonly textUsage: ScriptedUsage;
}

const loops: Readonly<Record<WireFormat, Loop>> = {
  "openai-responses": {
    calls: "odd-tool-calls",
    callIds: ["call_3a282a10184af90045ca3540", "call_6e37ad00326ad9005b9c9500"],
    callsUsage: { input: 220, output: 41, cacheRead: 0, reasoning: 0 },
    textUsage: { input: 689, output: 33, cacheRead: 0, reasoning: 0 },
  },
  "openai-chat": {
    calls: "find-sights",
    callIds: ["call_1483ea804c9e08c04a746a00", "call_7e47ec40281b4800138dd800"],
    callsUsage: { input: 220, output: 41, cacheRead: 0, reasoning: 0 },
    textUsage: { input: 291, output: 9, cacheRead: 128, reasoning: 0 },
  },
  "anthropic-messages": {
    calls: "odd-tool-calls",
    callIds: ["toolu_0171ed4a000a94b2007b8bfa", "toolu_010e593d007a9529404b9440"],
    callsUsage: { input: 220, output: 41, cacheRead: 0, cacheWrite: 0 },
    textUsage: { input: 689, output: 33, cacheRead: 0, cacheWrite: 0 },
  },
  "google-generative-ai": {
    calls: "find-sights",
    callIds: ["fc321dff00", "fc71d2c500"],
    callsUsage: { input: 220, output: 71, reasoning: 30 },
    textUsage: { input: 291, output: 9 },
  },
  "openai-compatible": {
    calls: "find-sights",
    callIds: ["call_52f3280057b838004a800800", "call_6af398005207e800460df800"],
    callsUsage: { input: 220, output: 41, cacheRead: 0 },
    textUsage: { input: 291, output: 9, cacheRead: 128 },
  },
};

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0 });
});
afterAll(() => server.close());

/** @returns the inputs of the tool's calls */
async function runLoop(format: WireFormat, major: Major, streaming: boolean): Promise<unknown[]> {
  const sdk = wrapAISDK(major.ai);
  const inputs: unknown[] = [];
  const parameters = {
    model: providers[format].model(server, major.name, scriptedAnswers(loops[format].calls, "guide-tips")),
    prompt: "What is there to see?",
    stopWhen: major.stepCount(3),
    tools: {
      findSights: sdk.tool({
        inputSchema: z.object({ city: z.string(), limit: z.number() }),
        execute: async (input: unknown) => {
          inputs.push(input);
          return ["the castle"];
        },
      }),
    },
  };
  await callText(sdk, streaming, parameters);
  return inputs;
}

for (const format of formats) {
  for (const major of majors) {
    for (const streaming of [true, false]) {
      test(`${format} calls tools, ${streaming ? "streamed" : "direct"}, on ${major.name}`, async () => {
        const telemetry = setupTelemetry();
        const inputs = await runLoop(format, major, streaming);
        expect(inputs).toEqual([
          { city: 'Zürich "Old Town"', limit: 3 },
          { city: "Bern", limit: 1 },
        ]);
        const { calls, callIds, callsUsage, textUsage } = loops[format];
        const answer = { format, major: major.name, streaming };
        await expectSpanTree(
          telemetry,
          wireAgent(format, undefined, [
            wireChat({
              ...answer,
              facts: { usage: callsUsage, finish: "tool_call" },
              identity: await readWireIdentity(format, calls, streaming),
            }),
            ...callIds.map((callId) => toolSpan("findSights", callId, { agent: null })),
            wireChat({
              ...answer,
              facts: { usage: textUsage, finish: "stop" },
              identity: await readWireIdentity(format, "guide-tips", streaming),
            }),
          ]),
        );
      });
    }
  }
}
