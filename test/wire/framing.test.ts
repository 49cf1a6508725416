/**
 * The event-stream format allows other framings of the same events. All of them lead to the same spans.
 */
import { wrapAISDK } from "ai-spans";
import { test } from "vitest";
import { scriptedAnswers, startProviderServer, type RawAnswer } from "../../fixtures/provider-server.ts";
import { drain } from "../conformance/script.ts";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { goodAnswers, readFrames } from "./bad-data.ts";
import { formats, providers } from "./providers.ts";
import { readWireIdentity } from "./wire-identity.ts";
import { wireAgent, wireChat } from "./wire-spans.ts";

const framings: readonly (readonly [title: string, reframe: (frames: readonly string[]) => string])[] = [
  ["carriage returns and line feeds", (frames) => frames.join("").replaceAll("\n", "\r\n")],
  ["a byte order mark first", (frames) => `\ufeff${frames.join("")}`],
  ["no blank after the colon", (frames) => frames.join("").replaceAll(/^(data|event): /gm, "$1:")],
  ["comments, ids and retry times", (frames) => frames.join(": keep-alive\n\nid: 1\nretry: 3000\n\n")],
];

for (const format of formats) {
  for (const [title, reframe] of framings) {
    for (const major of majors) {
      test(`${format} with ${title} leads to the same spans on ${major.name}`, async () => {
        const { frames } = await readFrames(format);
        const headers = { "content-type": "text/event-stream" };
        const framed: RawAnswer = { kind: "raw", status: 200, headers, end: "close", text: reframe(frames) };
        const server = await startProviderServer({ timeScale: 0, answers: { framed } });
        const telemetry = setupTelemetry();
        const { streamText } = wrapAISDK(major.ai);
        const model = providers[format].model(server, major.name, scriptedAnswers("framed"));
        await drain(streamText({ model, prompt: "When does it open?" }));
        await server.close();
        const { fixture, usage } = goodAnswers[format];
        const identity = await readWireIdentity(format, fixture, true);
        const facts = { usage, finish: "stop" };
        await expectSpanTree(
          telemetry,
          wireAgent(format, undefined, [
            wireChat({ format, major: major.name, streaming: true, facts, identity }),
          ]),
        );
      });
    }
  }
}
