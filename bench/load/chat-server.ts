/**
 * The server under load: answers a chat by `streamText` of AI SDK 7 and the real provider package, in the mode that it
 * is started in.
 */
import { writeSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createOpenAI } from "@ai-sdk/openai";
import { createAdaptorServer } from "@hono/node-server";
import * as ai from "ai";
import { Hono } from "hono";
import { stopOnSignal } from "../../examples/stopping/stop-on-signal.ts";
import { scriptedAnswers } from "../../fixtures/request-script.ts";
import { wrapAISDK } from "../../src/index.ts";
import { answerRequests } from "./messages.ts";
import type { ServerSettings } from "./modes.ts";
import { ResourceMeter } from "./resource-meter.ts";
import { scenarioNamed } from "./scenarios.ts";
import { inContext, registerContextManager, registerTelemetry, type SpanCounts } from "./server-telemetry.ts";

/** A result that nobody reads ends then at the latest, if it is not collected before. */
const UNREAD_MS = 30_000;
const STEPS = 5;
/** Connections that wait to be accepted. */
const BACKLOG = 4_096;

const settings = JSON.parse(process.argv[2]!) as ServerSettings;
const telemetry = settings.mode === "traced" ? registerTelemetry(settings) : undefined;
if (settings.mode === "context") registerContextManager();
const sdk = telemetry ? wrapAISDK(ai, { idleDeadlineMs: UNREAD_MS }) : ai;
const model = createOpenAI({ baseURL: settings.modelUrl, apiKey: "not-a-key" })("gpt-5.4-mini");
/** Failures of the runs, by scenario and class. A run whose client has left has none. */
const failures: Record<string, number> = {};

const anyInput = ai.jsonSchema<Record<string, unknown>>({ type: "object", properties: {} });

const searchRooms = sdk.tool({
  inputSchema: anyInput,
  execute: async () => {
    await wait(5);
    return { rooms: 2 };
  },
});

const findSights = sdk.tool({ inputSchema: anyInput, execute: async () => ["castle gardens"] });

const askLocalGuide = sdk.tool({
  inputSchema: anyInput,
  execute: async (_input, { abortSignal }) => {
    const { text } = await sdk.generateText({
      model,
      prompt: "What is worth seeing?",
      tools: { findSights },
      stopWhen: sdk.isStepCount(STEPS),
      headers: scriptedAnswers("find-sights", "guide-tips"),
      telemetry: { functionId: "local-guide" },
      ...(abortSignal && { abortSignal }),
    });
    return text;
  },
});

function respond(request: Request, run: string, name: string): Response {
  const scenario = scenarioNamed(name);
  const result = sdk.streamText({
    model,
    prompt: "Book a room in Lisbon.",
    tools: { searchRooms, askLocalGuide },
    stopWhen: sdk.isStepCount(STEPS),
    // The number makes the script one of this run, so its attempts are counted alone.
    headers: scriptedAnswers(...scenario.script, `run-${run}`),
    telemetry: { functionId: "booking-agent" },
    onError: ({ error }) => {
      const key = `${name}: ${error instanceof Error ? error.name : typeof error}`;
      failures[key] = (failures[key] ?? 0) + 1;
    },
    ...(scenario.isAbortable && { abortSignal: request.signal }),
  });
  return scenario.isDropped ? new Response(null, { status: 202 }) : result.toTextStreamResponse();
}

const app = new Hono();
app.get("/:scenario/:run", (c) => {
  const { scenario, run } = c.req.param();
  const answer = (): Response => respond(c.req.raw, run, scenario);
  return settings.mode === "context" ? inContext(answer) : answer();
});
// A machine that is short of processor time must not break connections: the load judges no time.
const patient = { requestTimeout: 0, headersTimeout: 0 };
const server = createAdaptorServer({ fetch: app.fetch, serverOptions: patient });
server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG });
await once(server, "listening");

const meter = new ResourceMeter();

if (telemetry) {
  stopOnSignal(server, telemetry.providers);
  process.on("exit", () => writeSync(1, JSON.stringify(telemetry.counts)));
}

/** The counts at the end of the process. */
export interface Finished {
  readonly counts: SpanCounts | undefined;
  readonly processed: Readonly<Record<string, number>>;
  readonly reports: readonly string[];
  readonly failures: Readonly<Record<string, number>>;
}

answerRequests({
  port: () => (server.address() as AddressInfo).port,
  begin: () => meter.begin(),
  end: () => meter.end(),
  rest: async () => meter.rest(() => (telemetry ? telemetry.counts.started - telemetry.counts.ended : 0)),
  finish: async (): Promise<Finished> => {
    for (const provider of telemetry?.providers ?? []) await provider.shutdown().catch(() => {});
    const processed = (await telemetry?.processed()) ?? {};
    return { counts: telemetry?.counts, processed, reports: telemetry?.reports ?? [], failures };
  },
  exit: () => setImmediate(() => process.exit()) && true,
});
