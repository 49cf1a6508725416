/**
 * The set-up that waits for the first span, as that of `ai-spans/register` does, comes before the first handler of an MCP
 * server. So the first call joins the trace of its client.
 *
 * Holds: mcp.
 */
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { wrapMCPServer } from "ai-spans/mcp";
import { expect, onTestFinished, test } from "vitest";
import { beforeFirstSpan } from "../../src/spans/set-up.ts";

const TRACE_ID = "1".repeat(32);

test("the first call of a server has the trace of its client", async () => {
  context.disable();
  propagation.disable();
  beforeFirstSpan(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });
  onTestFinished(() => {
    context.disable();
    propagation.disable();
  });
  const traces: (string | undefined)[] = [];
  const server = wrapMCPServer(new McpServer({ name: "rooms", version: "1.0.0" }));
  server.registerTool("isFree", {}, () => {
    traces.push(trace.getSpanContext(context.active())?.traceId);
    return { content: [] };
  });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await server.connect(serverSide);
  const client = new Client({ name: "travel", version: "1.0.0" });
  onTestFinished(() => client.close());
  await client.connect(clientSide);
  const _meta = { traceparent: `00-${TRACE_ID}-${"2".repeat(16)}-01` };
  for (let count = 0; count < 2; count += 1) await client.callTool({ name: "isFree", _meta });
  expect(traces).toEqual([TRACE_ID, TRACE_ID]);
});
