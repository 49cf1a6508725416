/**
 * Bad data on the wire leads to an error outcome, and every span ends. The application gets the same parts, errors and
 * unhandled rejections as on the bare SDK.
 */
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { scriptedAnswers, startProviderServer, type WireFormat } from "../../fixtures/provider-server.ts";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { badAnswers, badStreams, goodAnswers, type BadAnswer } from "./bad-data.ts";
import { formats, providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

interface Case {
  readonly format: WireFormat;
  readonly major: Major;
  readonly streaming: boolean;
  readonly bad: BadAnswer;
}

/** Returns the kinds of parts and errors that the application got, and the number of unhandled rejections. */
async function observe({ format, major, streaming, bad }: Case, sdk: SDK): Promise<unknown> {
  const server = await startProviderServer({ timeScale: 0, answers: { bad: bad.answer } });
  const received: string[] = [];
  const model = providers[format].model(server, major.name, scriptedAnswers("bad"));
  const parameters = { model, prompt: "When does it open?", maxRetries: 0, onError: () => {} };
  const rejections = await collectRejections(async () => {
    try {
      if (streaming) {
        for await (const part of sdk.streamText(parameters).fullStream) received.push(part.type);
      } else received.push((await sdk.generateText(parameters)).finishReason);
    } catch (error) {
      received.push(error instanceof Error ? error.name : String(error));
    }
  });
  await server.close();
  return { received, rejections: rejections.length };
}

async function expectClosedTree(subject: Case): Promise<void> {
  const { format, major, streaming, bad } = subject;
  const bare = await observe(subject, major.ai);
  const telemetry = setupTelemetry();
  expect(await observe(subject, wrapAISDK(major.ai))).toEqual(bare);
  const facts = bad.factsOn(major.name);
  const identity = await readWireIdentity(format, goodAnswers[format].fixture, streaming);
  const chat = wireChat({ format, major: major.name, streaming, facts, identity });
  await expectSpanTree(telemetry, wireAgent(format, facts.error, [chat]));
}

for (const format of formats) {
  for (const streaming of [true, false]) {
    const table = await (streaming ? badStreams : badAnswers)(format);
    for (const major of majors) {
      for (const bad of table) {
        const kind = streaming ? "a stream" : "an answer";
        test(`${format}: ${kind} that ${bad.title} leaves a closed tree on ${major.name}`, () =>
          expectClosedTree({ format, major, streaming, bad }));
      }
    }
  }
}
