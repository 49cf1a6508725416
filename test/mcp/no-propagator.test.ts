/**
 * Without a propagator MCP calls carry no trace context. One warning says so, on the client and on the server.
 *
 * Holds: mcp.
 */
import { diag, propagation } from "@opentelemetry/api";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { receiveReports, textOf } from "../support/diag-logger.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const WARNING =
  "ai-spans: MCP calls carry no trace context, because no propagator is registered: call propagation.setGlobalPropagator, as NodeSDK does, in the client and in the server";

let telemetry: Telemetry;
const warnings: string[] = [];
beforeEach(() => {
  telemetry = setupTelemetry();
  warnings.length = 0;
  receiveReports((...words) => warnings.push(textOf(words)));
  // Each warning is written once by a copy of ai-spans.
  vi.resetModules();
});
afterEach(() => {
  diag.disable();
  propagation.disable();
});

/** Calls a tool three times, in a span. */
async function callTools(wrap: "client" | "server"): Promise<void> {
  const { wrapMCPServer, wrapMCPTransport } = await import("ai-spans/mcp");
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const server = new McpServer({ name: "rooms", version: "1.0.0" });
  (wrap === "server" ? wrapMCPServer(server) : server).registerTool("isFree", {}, () => ({ content: [] }));
  await server.connect(serverSide);
  const client = new Client({ name: "travel", version: "1.0.0" });
  onTestFinished(() => client.close());
  await client.connect(wrap === "client" ? wrapMCPTransport(clientSide) : clientSide);
  // As a client of another process sends it.
  const _meta = wrap === "server" ? { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` } : {};
  await telemetry.tracer.startActiveSpan("ask", async (span) => {
    for (let count = 0; count < 3; count += 1) await client.callTool({ name: "isFree", _meta });
    span.end();
  });
}

test.each(["client", "server"] as const)("a %s warns once", async (side) => {
  await callTools(side);
  expect(warnings).toEqual([WARNING]);
});

test.each(["client", "server"] as const)("a %s with a propagator does not warn", async (side) => {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  await callTools(side);
  expect(warnings).toEqual([]);
});
