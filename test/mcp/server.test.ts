/**
 * Handlers of real MCP servers, over both transports. The agents that they run join the client's trace.
 *
 * Holds: mcp.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { wrapMCPServer, wrapMCPTransport } from "ai-spans/mcp";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { agentSpan, chatSpan, ownSpan } from "../conformance/expected-spans.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { close, listen } from "../support/loopback.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { createAgentServer } from "./agent-server.ts";

let telemetry: Telemetry;
beforeAll(() => void propagation.setGlobalPropagator(new W3CTraceContextPropagator()));
afterAll(() => propagation.disable());
beforeEach(() => {
  telemetry = setupTelemetry();
});

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function serveMCP(serve: Serve): Promise<URL> {
  const http = createServer((request, response) => void serve(request, response));
  const port = await listen(http);
  onTestFinished(() => close(http));
  return new URL(`http://127.0.0.1:${port}/mcp`);
}

/** One server and one transport for the whole session. */
async function stateful(): Promise<URL> {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await createAgentServer().connect(transport);
  return serveMCP(async (request, response) => transport.handleRequest(request, response));
}

/** A server and a transport for each request. */
async function stateless(): Promise<URL> {
  return serveMCP(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({});
    await createAgentServer().connect(transport);
    await transport.handleRequest(request, response);
  });
}

async function connect(transport: object): Promise<Client> {
  const client = new Client({ name: "travel", version: "1.0.0" });
  onTestFinished(() => client.close());
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return client;
}

/** Calls the tool inside a span. Returns the context of that span, and the context that the tool reports as active. */
async function ask(client: Client): Promise<{ readonly sent: string; readonly received: unknown }> {
  return telemetry.tracer.startActiveSpan("ask", async (span) => {
    const { content } = await client.callTool({ name: "askHotel" });
    span.end();
    const [{ text = "{}" } = {}] = content as { readonly text?: string }[];
    const { traceId, spanId } = span.spanContext();
    return {
      sent: `00-${traceId}-${spanId}-01`,
      received: Reflect.get(JSON.parse(text) as object, "traceparent"),
    };
  });
}

const hotel = agentSpan({ name: "hotel" }, [chatSpan()]);

describe.each<[string, () => Promise<URL>]>([
  ["a session", stateful],
  ["no session", stateless],
])("over HTTP with %s", (_name, serve) => {
  test("an agent in a handler joins the trace that came in `_meta`", async () => {
    const client = await connect(wrapMCPTransport(new StreamableHTTPClientTransport(await serve())));
    for (let count = 0; count < 2; count += 1) {
      telemetry.reset();
      const { sent, received } = await ask(client);
      expect(received).toBe(sent);
      await expectSpanTree(telemetry, ownSpan("ask", [hotel]));
    }
  });

  test("an agent in a handler joins the trace that came in the headers", async () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const transport = new StreamableHTTPClientTransport(await serve(), {
      requestInit: { headers: { traceparent } },
    });
    const { received } = await ask(await connect(transport));
    expect(received).toBe(traceparent);
    const run = telemetry.finished.find(({ name }) => name === "invoke_agent hotel");
    expect(run?.parentSpanContext?.spanId).toBe("b".repeat(16));
  });
});

test("over standard streams, an agent in a handler joins the client's trace", async () => {
  const program = fileURLToPath(new URL("./agent-stdio-server.ts", import.meta.url));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["--import", "tsx", program],
  });
  const { sent, received } = await ask(await connect(wrapMCPTransport(transport)));
  expect(received).toBe(sent);
});

describe("a wrapped server", () => {
  const plain = (): McpServer => new McpServer({ name: "rooms", version: "1.0.0" });

  test("looks like the program's server", () => {
    const server = plain();
    const wrapped = wrapMCPServer(server);
    expect(wrapped).toBeInstanceOf(McpServer);
    expect(wrapped.registerTool).toBe(wrapped.registerTool);
    expect(wrapMCPServer(wrapped)).toBe(wrapped);
    expect(Object.getOwnPropertyNames(server)).not.toContain("registerTool");
  });

  test("passes arguments and results of handlers unchanged", async () => {
    const low = wrapMCPServer(
      new Server({ name: "rooms", version: "1.0.0" }, { capabilities: { tools: {} } }),
    );
    const received: unknown[] = [];
    low.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
      received.push(params.name, typeof extra.sendNotification, trace.getActiveSpan()?.spanContext().traceId);
      if (params.name === "crash") throw new RangeError("no rooms");
      return { content: [], isError: true };
    });
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
    await low.connect(transport);
    const url = await serveMCP(async (request, response) => transport.handleRequest(request, response));
    const client = await connect(new StreamableHTTPClientTransport(url));
    expect(await client.callTool({ name: "bookRoom" })).toEqual({ content: [], isError: true });
    await expect(client.callTool({ name: "crash" })).rejects.toThrow("no rooms");
    expect(received).toEqual(["bookRoom", "function", undefined, "crash", "function", undefined]);
  });

  test("has the handlers and properties that the program assigns", async () => {
    class Rooms extends Server {
      guest: string | undefined;
      greet(): string {
        return `hello ${this.guest ?? "nobody"}`;
      }
    }
    const server = new Rooms({ name: "rooms", version: "1.0.0" }, { capabilities: { tools: {} } });
    const wrapped = wrapMCPServer(server);
    const events: string[] = [];
    const oninitialized = (): void => void events.push("initialized");
    const onclose = (): void => void events.push("closed");
    Object.assign(wrapped, { oninitialized, onclose, guest: "Ada" });
    wrapped.fallbackRequestHandler = async ({ method }) => ({ method });
    expect(wrapped.oninitialized).toBe(oninitialized);
    expect(server.oninitialized).toBe(oninitialized);
    expect(wrapped.greet()).toBe("hello Ada");
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
    await wrapped.connect(transport);
    const url = await serveMCP(async (request, response) => transport.handleRequest(request, response));
    const client = await connect(new StreamableHTTPClientTransport(url));
    const answer = await client.request({ method: "custom/rooms" }, z.object({ method: z.string() }));
    expect(answer).toEqual({ method: "custom/rooms" });
    await wrapped.close();
    expect(events).toEqual(["initialized", "closed"]);
    // A method that the program replaces on the wrapped server is not written to the server.
    const connectOf = server.connect;
    wrapped.connect = async () => {};
    expect(server.connect).toBe(connectOf);
  });

  test("is not made of another object", () => {
    expect(() => wrapMCPServer({})).toThrow(
      "wrapMCPServer: server must have a registerTool or a setRequestHandler method",
    );
  });
});
