/**
 * The spans have the token counts, ids, response model and finish reasons of the wire. This holds for the real provider
 * package of each format and major, streamed or not.
 *
 * Holds: usage.
 */
import { readdir } from "node:fs/promises";
import { wrapAISDK } from "ai-spans";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  scriptedAnswers,
  startProviderServer,
  type ProviderServer,
  type WireFormat,
} from "../../fixtures/provider-server.ts";
import { callText, swallow } from "../conformance/script.ts";
import { majors, type Major } from "../support/majors.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { conversations } from "./conversations.ts";
import { formats, providers } from "./providers.ts";
import { factsOf } from "./wire-facts.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0 });
});
afterAll(() => server.close());

interface Case {
  readonly format: WireFormat;
  readonly fixture: string;
  readonly major: Major;
  readonly streaming: boolean;
}

async function converse({ format, fixture, major, streaming }: Case): Promise<void> {
  const sdk = wrapAISDK(major.ai);
  const model = providers[format].model(server, major.name, scriptedAnswers(fixture));
  const parameters = { model, prompt: "When does it open?", maxRetries: 0, onError: () => {} };
  await swallow(callText(sdk, streaming, parameters));
}

async function expectedTree({ format, fixture, major, streaming }: Case): Promise<ExpectedSpan> {
  const conversation = conversations[format][fixture];
  if (!conversation) throw new Error(`nothing is known of ${format}/${fixture}`);
  const facts = factsOf(conversation, major.name, streaming);
  const identity = await readWireIdentity(format, fixture, streaming);
  const chat = wireChat({ format, major: major.name, streaming, facts, identity });
  return wireAgent(format, facts.error, [chat]);
}

for (const format of formats) {
  for (const [fixture, { only }] of Object.entries(conversations[format])) {
    for (const major of majors) {
      for (const way of ["streamed", "direct"] as const) {
        if (only !== undefined && only !== way) continue;
        test(`${format} ${fixture}, ${way}, has on ${major.name} the values of the wire`, async () => {
          const telemetry = setupTelemetry();
          const subject: Case = { format, fixture, major, streaming: way === "streamed" };
          await converse(subject);
          await expectSpanTree(telemetry, await expectedTree(subject));
        });
      }
    }
  }
}

/** Fixtures that other tests use: those of the demo, of loops with tools, and of answers that never end. */
const ELSEWHERE =
  /^(ask-local-guide|book(-room|ing-confirmed)|cancellation-policy|connection-reset|endless-tour|find-sights|guide-tips|never-answers|odd-tool-calls|overloaded|pause-turn|rate-limited|search-rooms|weather-and-visa|web-search)$/;

describe("the fixtures", () => {
  test.each(formats)("of %s are all in the table", async (format) => {
    const files = await readdir(new URL(`../../fixtures/${format}`, import.meta.url));
    const names = new Set(files.map((file) => file.replace(/(\.sse)?\.json$/, "")));
    expect([...names].filter((name) => !ELSEWHERE.test(name)).toSorted()).toEqual(
      Object.keys(conversations[format]).toSorted(),
    );
  });
});
