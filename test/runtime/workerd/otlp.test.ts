/**
 * The OpenTelemetry path in workerd: every span of every kind of invocation arrives at a receiver on loopback.
 */
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../../conformance/expected-spans.ts";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../../support/otlp-receiver.ts";
import { completeSpan, type ExpectedSpan, type SpanNode } from "../../support/span-tree.ts";
import { bundle, forWorkerd } from "../bundle.ts";
import { disconnectAfterFirstChunk } from "./disconnect.ts";

/** What miniflare's stub of a Worker has of its handlers, which its types leave out. */
interface Handlers {
  queue(name: string, messages: readonly object[]): Promise<unknown>;
  scheduled(event: object): Promise<unknown>;
}

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let project: PackedProject;
let receiver: OtlpReceiver;

beforeAll(async () => {
  project = await installPackedPackage();
  receiver = await startOtlpReceiver();
});
beforeEach(() => receiver.reset());
afterAll(async () => {
  await receiver.close();
  project.remove();
});

function triggered(trigger: string, run: ExpectedSpan): SpanNode {
  return { ...completeSpan({ name: `process ${trigger}`, children: [run] }), kind: "CONSUMER" };
}

describe.each([
  ["v6", "ai-v6"],
  ["v7", "ai"],
])("on AI SDK %s", (major, sdk) => {
  let worker: Miniflare;

  beforeAll(async () => {
    const program = `
      import * as ai from "${sdk}";
      import { bundledMajor } from "./bundled-majors.ts";
      import { createWorker } from "./workerd/otlp-worker.ts";
      globalThis.AI_SDK_LOG_WARNINGS = false;
      export default createWorker(bundledMajor("${major}", ai));`;
    worker = new Miniflare({
      modules: true,
      script: await bundle(project, program, forWorkerd),
      compatibilityDate: "2026-04-26",
      compatibilityFlags: ["nodejs_compat"],
      bindings: { OTLP_URL: receiver.url },
    });
    await worker.ready;
  });
  afterAll(async () => worker.dispose());

  test("a webhook, a queue and a cron are one tree each with the runs they start", async () => {
    const response = await worker.dispatchFetch("http://localhost/", { headers: { traceparent } });
    expect(await response.text()).toBe("two rooms");
    await receiver.received(5);
    expect(receiver.trees()).toEqual([triggered("webhook", loopTree)]);
    expect(receiver.traceIds()).toEqual(["0af7651916cd43dd8448eb211c80319c"]);

    receiver.reset();
    const handlers = (await worker.getWorker()) as unknown as Handlers;
    await handlers.queue("bookings", [
      { id: "1", timestamp: new Date(), attempts: 1, body: { traceparent } },
    ]);
    await receiver.received(5);
    expect(receiver.trees()).toEqual([triggered("queue", loopTree)]);
    expect(receiver.traceIds()).toEqual(["0af7651916cd43dd8448eb211c80319c"]);

    receiver.reset();
    await handlers.scheduled({ cron: "* * * * *" });
    await receiver.received(5);
    expect(receiver.trees()).toEqual([triggered("cron", loopTree)]);
  });

  test("streamed responses of two invocations at once are flushed", async () => {
    // One is handed its `ctx`, the other finds what keeps it alive.
    const paths = ["stream", "implied"];
    const responses = await Promise.all(
      paths.map((path) => worker.dispatchFetch(`http://localhost/${path}`)),
    );
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual([
      "a room in Paris",
      "a room in Paris",
    ]);
    await receiver.received(4);
    expect(receiver.trees()).toEqual([streamedTree, streamedTree].map(completeSpan));
  });

  test("a client that disconnects ends the run, and its spans arrive", async () => {
    await disconnectAfterFirstChunk(new URL("/endless", await worker.ready));
    await receiver.received(2);
    const left = { canceled: "consumer", usage: null, finish: null } as const;
    const expected = agentSpan(left, [chatSpan({ ...left, streaming: true })]);
    expect(receiver.trees()).toEqual([completeSpan(expected)]);
  });
});
