/**
 * A service on one major of the AI SDK, with OpenTelemetry's Prometheus exporter. It does the same batch of runs each
 * time: one for each outcome that the dashboard shows.
 */
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { wrapAISDK } from "ai-spans";
import { expect, vi } from "vitest";
import { callsTool, drain, rejects, says, swallow } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import { freePort } from "../support/loopback.ts";
import type { Major } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";

export interface Service {
  readonly port: number;
  runBatch(): Promise<void>;
  stop(): Promise<void>;
}

/** Models, agents and tools of the service. */
export const SMALL = "small";
export const LARGE = "large";
export const BOOKING = "booking";
export const TOUR = "tour";
export const RUNS_OF_A_BATCH = 8;
const CALLS_OF_A_BATCH = 12;

/** Only ends what would hang for ever. */
export const WAIT = { timeout: 100_000, interval: 50 };

export async function startService(major: Major): Promise<Service> {
  const port = await freePort();
  const exporter = new PrometheusExporter({ host: "127.0.0.1", port, preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  await exporter.startServer();
  const sdk = wrapAISDK(major.ai, { meterProvider });
  const { tool, jsonSchema } = major.ai;
  const inputSchema = jsonSchema({ type: "object", properties: {} });
  const tools = {
    searchRooms: tool({ inputSchema, execute: () => 2 }),
    bookRoom: tool({
      inputSchema,
      execute: () => {
        throw new RoomServiceError("no room");
      },
    }),
  };

  const booking = (...steps: ScriptedStep[]) => ({
    model: scriptedModel(major, steps, { modelId: SMALL }).model,
    prompt: "a room",
    tools,
    stopWhen: major.stepCount(5),
    ...major.telemetryOptions({ functionId: BOOKING }),
  });
  const tour = (...steps: ScriptedStep[]) => ({
    model: scriptedModel(major, steps, { modelId: LARGE }).model,
    prompt: "a walk",
    onError: () => {},
    ...major.telemetryOptions({ functionId: TOUR }),
  });

  const endless = says("a walk", { hangs: true, finish: null });
  let batches = 0;

  async function runBatch(): Promise<void> {
    const usage = { input: 100, output: 50, cacheRead: 40 };
    await sdk.generateText(booking(callsTool("searchRooms", "call-1"), says("two rooms")));
    await sdk.generateText(booking(callsTool("bookRoom", "call-1"), says("no room")));
    const overload = apiCallError(major, { status: 429, retryable: true });
    await sdk.generateText(booking(says("after a retry", { rejections: [overload] })));
    const refused = rejects(apiCallError(major, { status: 429 }));
    await swallow(sdk.generateText(booking(callsTool("searchRooms", "call-1"), refused)));
    await drain(sdk.streamText(tour(says("a walk by the river", { usage }))));

    const user = new AbortController();
    const { textStream } = sdk.streamText({
      ...tour(callsTool("searchRooms", "call-1"), endless),
      tools,
      stopWhen: major.stepCount(5),
      abortSignal: user.signal,
    });
    await swallow(
      (async () => {
        for await (const _text of textStream) user.abort();
      })(),
    );
    for await (const _text of sdk.streamText(tour(endless)).textStream) break;
    // Nobody reads it, so its idle deadline ends it.
    wrapAISDK(major.ai, { meterProvider, idleDeadlineMs: 1 }).streamText(tour(endless));

    batches += 1;
    // Runs and calls are measured when they end, which may be after their reader has left.
    await vi.waitFor(async () => {
      const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(countOf("gen_ai_invoke_agent_duration", page)).toBe(RUNS_OF_A_BATCH * batches);
      expect(countOf("gen_ai_client_inference_duration", page)).toBe(CALLS_OF_A_BATCH * batches);
    }, WAIT);
  }

  return { port, runBatch, stop: async () => meterProvider.shutdown() };
}

/** Over all attributes. */
function countOf(histogram: string, page: string): number {
  const counts = [...page.matchAll(new RegExp(`^${histogram}_count\\{.*\\} (\\d+)$`, "gm"))];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
