/**
 * Agents behind HTTP, in their own processes. Each run is below the span of its request.
 */
import { SpanKind } from "@opentelemetry/api";
import { injectContext } from "ai-spans/propagation";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { named, pathOf, startPeer, type Peer } from "./peer.ts";

/** Ends only a test that hangs for ever. A service takes long to start. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let telemetry: Telemetry;
const peers: Peer[] = [];
beforeEach(() => {
  telemetry = setupTelemetry();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.stop();
});

async function start(...args: Parameters<typeof startPeer>): Promise<Peer> {
  const peer = await startPeer(...args);
  peers.push(peer);
  return peer;
}

/** Sends a request inside a span of the test, and returns the ids of that span. */
async function ask(url: string): Promise<{ traceId: string; spanId: string }> {
  return telemetry.tracer.startActiveSpan("ask", async (span) => {
    const answer = await fetch(url, { headers: injectContext(new Headers({ accept: "text/plain" })) });
    expect(await answer.text()).toBe("booked");
    span.end();
    return span.spanContext();
  });
}

test("an agent behind hono asks an agent behind node:http from its tool, in one trace", async () => {
  const hotel = await start("http");
  const travel = await start("hono", { NEXT_SERVICE: hotel.url });
  const asking = await ask(travel.url);

  const atTravel = await travel.spans();
  const atHotel = await hotel.spans();
  const all = [...atTravel, ...atHotel];
  expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set([asking.traceId]));
  expect(named(all, "invoke_agent travel").parentSpanId).toBe(asking.spanId);
  expect(named(all, "invoke_agent hotel").parentSpanId).toBe(named(atTravel, "execute_tool search").spanId);
  expect(atTravel.map((span) => pathOf(all, span)).toSorted()).toEqual([
    "… > invoke_agent travel",
    "… > invoke_agent travel > chat mock-model",
    "… > invoke_agent travel > chat mock-model",
    "… > invoke_agent travel > execute_tool search",
  ]);
  expect(atHotel).toHaveLength(4);
});

test("an agent joins the span of instrumented HTTP, and instrumented fetch in its tool continues the trace, without code", async () => {
  const hotel = await start("http");
  const travel = await start("http-instrumented", { NEXT_SERVICE: hotel.url });
  const asking = await ask(travel.url);

  const atTravel = await travel.spans();
  const atHotel = await hotel.spans();
  const all = [...atTravel, ...atHotel];
  const server = atTravel.find(({ kind }) => kind === SpanKind.SERVER);
  expect(server?.parentSpanId).toBe(asking.spanId);
  expect(server?.instrumentationScope.name).toBe("@opentelemetry/instrumentation-http");
  expect(named(all, "invoke_agent travel").parentSpanId).toBe(server?.spanId);
  expect(pathOf(all, named(all, "invoke_agent hotel"))).toBe(
    "… > GET > invoke_agent travel > execute_tool search > GET > invoke_agent hotel",
  );
  expect(new Set(all.map(({ traceId }) => traceId))).toEqual(new Set([asking.traceId]));
});

test("an agent joins the handler's span of instrumented Fastify, without code", async () => {
  const hotel = await start("fastify");
  const asking = await ask(`${hotel.url}/book`);

  const spans = await hotel.spans();
  const agent = named(spans, "invoke_agent hotel");
  const handler = spans.find(({ spanId }) => spanId === agent.parentSpanId);
  expect(handler?.instrumentationScope.name).toBe("@fastify/otel");
  const server = spans.find(({ kind }) => kind === SpanKind.SERVER);
  expect(server?.parentSpanId).toBe(asking.spanId);
  expect(pathOf(spans, agent).startsWith(`… > ${server?.name} > `)).toBe(true);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([asking.traceId]));
});
