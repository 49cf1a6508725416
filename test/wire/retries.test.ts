/**
 * A provider that is busy at first. Both attempts are one chat span, which has the id and the counts of the answer.
 */
import { wrapAISDK } from "ai-spans";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  scriptedAnswers,
  startProviderServer,
  type JsonAnswer,
  type ProviderServer,
} from "../../fixtures/provider-server.ts";
import { callText } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { goodAnswers } from "./bad-data.ts";
import { formats, providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

/** The body has no provider's error form. The status and the header are enough to ask for a retry at once. */
const busy: JsonAnswer = { kind: "json", status: 503, headers: { "retry-after-ms": "0" }, body: {} };

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({ timeScale: 0, answers: { busy } });
});
afterAll(() => server.close());

for (const format of formats) {
  for (const major of majors) {
    for (const streaming of [true, false]) {
      test(`${format}, ${streaming ? "streamed" : "direct"}, is tried again in one span on ${major.name}`, async () => {
        const telemetry = setupTelemetry();
        const sdk = wrapAISDK(major.ai);
        const { fixture, usage } = goodAnswers[format];
        const headers = scriptedAnswers(["busy", fixture]);
        const model = providers[format].model(server, major.name, headers);
        const parameters = { model, prompt: "When does it open?" };
        const before = server.requests.length;
        await callText(sdk, streaming, parameters);
        expect(server.requests.slice(before).map((request) => request.fixture)).toEqual(["busy", fixture]);
        const identity = await readWireIdentity(format, fixture, streaming);
        const facts = { usage, finish: "stop", retries: 1 };
        await expectSpanTree(
          telemetry,
          wireAgent(format, undefined, [wireChat({ format, major: major.name, streaming, facts, identity })]),
        );
      });
    }
  }
}
