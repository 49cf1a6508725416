/**
 * The events with which Lambda calls a handler. The agent in the handler continues the caller's trace.
 */
import { readFileSync } from "node:fs";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { carriersIn, withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { idsOf, linksOf, ORIGIN_IDS, SENT_IDS } from "./sent-spans.ts";
import { runAgent } from "./services/agent.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function eventOf(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/lambda/${name}.json`, import.meta.url), "utf8"));
}

const agentParent = (): string | undefined =>
  idsOf(telemetry.started.find(({ name }) => name.startsWith("invoke_agent"))?.parentSpanContext);

describe.each(["api-gateway-v1", "api-gateway-v2", "load-balancer"])("an event of %s", (name) => {
  test("leads to an agent in the caller's trace", async () => {
    await withRemoteContext(eventOf(name), async () => runAgent("lambda"));
    expect(agentParent()).toBe(SENT_IDS);
    expect(telemetry.diagnostics).toEqual([]);
  });
});

test("an agent continues the X-Ray header of a load balancer with the X-Ray propagator", async () => {
  const propagator = new AWSXRayPropagator();
  await withRemoteContext(eventOf("load-balancer"), async () => runAgent("lambda"), { propagator });
  expect(agentParent()).toBe(SENT_IDS);
});

test("an invocation without an HTTP event is in the trace of Lambda's environment variable", async () => {
  const propagator = new AWSXRayPropagator();
  const header = "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1;Lineage=a:0";
  vi.stubEnv("_X_AMZN_TRACE_ID", header);
  await withRemoteContext(process.env, async () => runAgent("lambda"), { propagator });
  expect(agentParent()).toBe(SENT_IDS);
});

test("a batch of SQS is one root with links to each message and the origin of each", async () => {
  await withLinkedTrace({ source: eventOf("sqs-batch"), name: "process bookings" }, async () =>
    runAgent("lambda"),
  );
  const root = telemetry.started.find(({ name }) => name === "process bookings");
  expect(linksOf(root?.links ?? [])).toEqual([
    `delivery: ${SENT_IDS}`,
    `delivery: ${SENT_IDS.replace("b7ad", "c7ad")}`,
    `origin: ${ORIGIN_IDS}`,
  ]);
  expect(agentParent()).toBe(idsOf(root?.spanContext()));
});

test("messages of a batch that are taken one by one have a trace each", async () => {
  const event = eventOf("sqs-batch") as { Records: object[] };
  for (const record of event.Records) {
    await withLinkedTrace({ source: record, name: "process booking" }, async () => runAgent("lambda"));
  }
  const roots = telemetry.finished.filter(({ name }) => name === "process booking");
  expect(roots.map(({ links }) => links.length)).toEqual([1, 2, 0]);
  expect(new Set(roots.map((root) => root.spanContext().traceId)).size).toBe(3);
  expect(carriersIn(event)).toHaveLength(3);
});

test("the X-Ray propagator reads the system attribute of a message", async () => {
  const [first] = carriersIn(eventOf("sqs-batch"));
  const propagator = new AWSXRayPropagator();
  await withRemoteContext(first?.carrier, async () => runAgent("lambda"), { propagator });
  expect(agentParent()).toBe(SENT_IDS);
});
