/**
 * A stream with complete tool calls and an event that is no JSON. The SDK reports the error, runs the tools and goes
 * on. The failed model call has ended then, and the next one is no retry of it.
 */
import { readFile } from "node:fs/promises";
import { wrapAISDK } from "ai-spans";
import { test } from "vitest";
import { z } from "zod";
import {
  scriptedAnswers,
  startProviderServer,
  type EventStreamAnswer,
} from "../../fixtures/provider-server.ts";
import { toolSpan } from "../conformance/expected-spans.ts";
import { drain } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

const format = "openai-chat";
const error = "AI_JSONParseError";

async function brokenCalls(): Promise<EventStreamAnswer> {
  const file = new URL(`../../fixtures/${format}/find-sights.sse.json`, import.meta.url);
  // The fixtures have this form.
  const answer = JSON.parse(await readFile(file, "utf8")) as EventStreamAnswer;
  // The last three events are the finish reason, the counts and the end.
  const events = [
    ...answer.events.slice(0, -3),
    { afterMs: 0, data: '{"half": ' },
    ...answer.events.slice(-3),
  ];
  return { ...answer, events };
}

for (const major of majors) {
  test(`the step after one with a broken event has a separate model call on ${major.name}`, async () => {
    const server = await startProviderServer({ timeScale: 0, answers: { broken: await brokenCalls() } });
    const telemetry = setupTelemetry();
    const { streamText, tool } = wrapAISDK(major.ai);
    await drain(
      streamText({
        model: providers[format].model(server, major.name, scriptedAnswers("broken", "guide-tips")),
        prompt: "What is there to see?",
        onError: () => {},
        stopWhen: major.stepCount(3),
        tools: {
          findSights: tool({
            inputSchema: z.object({ city: z.string(), limit: z.number() }),
            execute: async () => ["the castle"],
          }),
        },
      }),
    );
    await server.close();
    const answer = { format, major: major.name, streaming: true } as const;
    await expectSpanTree(
      telemetry,
      wireAgent(format, error, [
        wireChat({
          ...answer,
          facts: {
            error,
            usage: { input: 220, output: 41, cacheRead: 0, reasoning: 0 },
            finish: "tool_call",
          },
          identity: await readWireIdentity(format, "find-sights", true),
        }),
        toolSpan("findSights", "call_1483ea804c9e08c04a746a00", { agent: null }),
        toolSpan("findSights", "call_7e47ec40281b4800138dd800", { agent: null }),
        wireChat({
          ...answer,
          facts: { usage: { input: 291, output: 9, cacheRead: 128, reasoning: 0 }, finish: "stop" },
          identity: await readWireIdentity(format, "guide-tips", true),
        }),
      ]),
    );
  });
}
