/**
 * `endOpenRuns` ends many runs in portions, with a flush after each, because the queue of a processor holds 2,048 spans by
 * default. Here it holds fewer.
 *
 * Holds: ends-when-stopped.
 */
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { endOpenRuns } from "ai-spans/serverless";
import { expect, test } from "vitest";
import { openWork } from "../../src/spans/open-work.ts";
import { says } from "../conformance/script.ts";
import { comeToRest, ExitStage } from "../exits/exit-stage.ts";
import { v7 } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";

const hanging = says("", { parts: [{ text: "a " }, { text: "room" }], hangs: true });

test("more open spans than a processor's queue holds all arrive, and all end when the time is over", async () => {
  const telemetry = setupTelemetry();
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 1_024 })],
  });
  const sdk = wrapAISDK(v7.ai, { tracerProvider });
  const app = new ExitStage(v7, sdk, telemetry, "streamText");
  const open = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) app.streamText([hanging]);
    await comeToRest(app);
  };
  await open(800);
  await endOpenRuns({ provider: tracerProvider });
  const causes = exporter.getFinishedSpans().map(({ attributes }) => attributes["ai_spans.cancel.cause"]);
  expect(causes).toEqual(Array.from({ length: 1_600 }, () => "shutdown"));

  await open(300);
  await endOpenRuns({ provider: { forceFlush: () => new Promise(() => {}) }, timeoutMs: 1 });
  await tracerProvider.shutdown();
  expect(openWork()?.size).toBe(0);
}, 120_000);
