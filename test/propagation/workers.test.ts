/**
 * Workers, Durable Objects and Queues in workerd. The spans of two isolates form one trace with the right parents. A
 * receiver that is not wrapped gets its arguments unchanged.
 */
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SPAN_ID, TRACE_ID, TRACEPARENT } from "./sent-spans.ts";
import type { SentSpan } from "../support/sent-span.ts";
import { startWorkers } from "./workers/run-workers.ts";

const START_LIMIT_MS = 120_000;
let workers: Miniflare;
/** How many spans the object had before the test. */
let earlierSpans: number;
beforeAll(async () => {
  workers = await startWorkers();
}, START_LIMIT_MS);
afterAll(async () => workers?.dispose());
beforeEach(async () => {
  earlierSpans = (await spansOf("hotel")).length;
});

async function run(program: string): Promise<unknown> {
  const response = await workers.dispatchFetch(`http://travel${program}`, {
    headers: { traceparent: TRACEPARENT },
  });
  expect(response.status).toBe(200);
  return response.json();
}

async function spansOf(worker: string): Promise<SentSpan[]> {
  const response = await workers.dispatchFetch(`http://travel/spans/${worker}`);
  // `sendSpans` of the Workers writes this JSON.
  return (await response.json()) as SentSpan[];
}

/** The span's parents up to the first one that is known. The caller's span is `request`. */
function lineage(spans: readonly SentSpan[], { name, traceId, parentSpanId }: SentSpan): string {
  if (traceId === TRACE_ID && parentSpanId === SPAN_ID) return `request > ${name}`;
  const parent = spans.find((span) => span.traceId === traceId && span.spanId === parentSpanId);
  return parent ? `${lineage(spans, parent)} > ${name}` : name;
}

/** The agents that a program has started in the object, each with its parents. */
async function agentsSince(): Promise<string[]> {
  const hotel = await spansOf("hotel");
  const all = [...(await spansOf("travel")), ...hotel];
  const agents = hotel.slice(earlierSpans).filter(({ name }) => name.startsWith("invoke_agent"));
  return agents.map((agent) => lineage(all, agent));
}

const CALLS = {
  booked: { name: "astoria", args: [1, { room: 7 }] },
  fetched: { method: "POST", body: "hello", name: "astoria" },
};

describe("a Durable Object of a wrapped class", () => {
  test("has its spans below those of the Worker that calls, once it has answered that it is wrapped", async () => {
    expect(await run("/traced")).toEqual(CALLS);
    const later = [
      "request > call book > invoke_agent book astoria",
      "request > call fetch > invoke_agent fetch astoria",
    ];
    expect(await agentsSince()).toEqual(["invoke_agent init astoria", ...later]);
    earlierSpans = (await spansOf("hotel")).length;
    // The second request uses the answer that the first one got.
    expect(await run("/traced")).toEqual(CALLS);
    expect(await agentsSince()).toEqual(["request > call init > invoke_agent init astoria", ...later]);
  });

  test("has them there from the first call on with `tracedReceiver: true`", async () => {
    expect(await run("/declared")).toEqual(CALLS);
    expect(await agentsSince()).toEqual([
      "request > call init > invoke_agent init astoria",
      "request > call book > invoke_agent book astoria",
      "request > call fetch > invoke_agent fetch astoria",
    ]);
  });

  test("is reached through the namespace of a jurisdiction as well", async () => {
    expect(await run("/jurisdiction")).toEqual(CALLS);
    expect(await agentsSince()).toEqual([
      "request > call init > invoke_agent init astoria",
      "request > call book > invoke_agent book astoria",
      "request > call fetch > invoke_agent fetch astoria",
    ]);
    expect(await run("/jurisdiction-of-runtime")).toEqual({
      name: "Error",
      message: "Jurisdiction restrictions are not implemented in workerd.",
    });
  });

  test("is called in the active context, also without a span of the Worker", async () => {
    expect(await run("/without-a-span")).toEqual({ name: "", args: [2] });
    expect(await agentsSince()).toEqual(["request > invoke_agent book "]);
  });
});

test("a service binding to a wrapped class sends the context from the second call on", async () => {
  expect(await run("/service-binding")).toEqual([["first"], ["later"]]);
  expect(await agentsSince()).toEqual([
    "invoke_agent ask first",
    "request > call desk > invoke_agent ask later",
  ]);
});

describe("a Durable Object of a class that is not wrapped", () => {
  test("gets only the caller's arguments, and starts new traces", async () => {
    expect(await run("/bare")).toEqual(CALLS);
    expect(await agentsSince()).toEqual([
      "invoke_agent init astoria",
      "invoke_agent book astoria",
      "invoke_agent fetch astoria",
    ]);
  });

  test("gets them also if the program sets `tracedReceiver` by mistake", async () => {
    expect(await run("/declared-wrongly")).toEqual(CALLS);
    expect(await agentsSince()).toEqual([
      "invoke_agent init astoria",
      "invoke_agent book astoria",
      "invoke_agent fetch astoria",
    ]);
  });
});

test.each(["/explore-traced", "/explore-bare"])(
  "%s: pipelined calls, streams, errors and properties are as without tracing",
  async (program) => {
    const plain = await run("/explore-plain");
    expect(plain).toEqual({
      pipelined: [7, 7],
      awaited: 7,
      stream: "a stream",
      failure: { name: "RangeError", message: "no room" },
      missing: { name: "TypeError", message: 'The RPC receiver does not implement the method "missing".' },
      name: "plaza",
    });
    expect(await run(program)).toEqual(plain);
  },
);

test.each(["/in-one-turn-traced", "/in-one-turn-bare"])(
  "%s: calls leave in the turn in which they are made, in their order, with the arguments of that moment",
  async (program) => {
    const plain = await run("/in-one-turn-plain");
    // The runtime sends a fetch request before the calls of the same turn.
    expect(plain).toEqual([
      { counts: [2, 1], calls: ["fetch", "count first+double", "count first"] },
      { counts: [2, 1], calls: ["fetch", "count later+double", "count later"] },
    ]);
    expect(await run(program)).toEqual(plain);
  },
);

test.each(["/describe-traced", "/describe-bare"])(
  "%s: a call's result is the runtime's kind of promise",
  async (program) => {
    const plain = await run("/describe-plain");
    const result = {
      type: "function",
      isPromise: false,
      tag: "[object JsRpcPromise]",
      class: "RpcPromise",
      member: "function",
      total: 7,
      settled: ["fulfilled", "fulfilled"],
    };
    expect(plain).toEqual([result, result]);
    expect(await run(program)).toEqual(plain);
  },
);

test("`flushHandler` calls no method of a stub that its handler gets", async () => {
  expect(await run("/flushed-with-a-stub")).toEqual({
    counted: 1,
    calls: ["count 7"],
    rejections: [],
  });
});

test("a message of a Queue starts a trace that links to its sender's span", async () => {
  expect(await run("/queue")).toEqual({ room: 7, _otel: { traceparent: expect.any(String) } });
  const sender = (await spansOf("travel")).find(({ name }) => name === "send bookings");
  expect([sender?.kind, sender?.traceId, sender?.parentSpanId]).toEqual([3, TRACE_ID, SPAN_ID]);
  let hotel = await spansOf("hotel");
  while (!hotel.some(({ name }) => name === "invoke_agent queue")) hotel = await spansOf("hotel");
  const root = hotel.find(({ name }) => name === "process bookings");
  expect(root).toMatchObject({ kind: 4, links: [{ ids: `${TRACE_ID}/${sender?.spanId}` }] });
  expect(root?.parentSpanId).toBeUndefined();
  expect(root?.traceId).not.toBe(TRACE_ID);
  const agent = hotel.find(({ name }) => name === "invoke_agent queue");
  expect([agent?.traceId, agent?.parentSpanId]).toEqual([root?.traceId, root?.spanId]);
});
