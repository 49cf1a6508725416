/**
 * Tools of real MCP servers, over both transports, in runs of all majors. They run as other tools do, and the server's
 * spans join the trace.
 *
 * Holds: mcp.
 */
import { context, propagation, ProxyTracerProvider, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { TraceState, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { TracingOptions } from "ai-spans";
import { wrapMCPTransport } from "ai-spans/mcp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { agentSpan, chatSpan, ownSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import { setupMeters } from "../support/meters.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { traced, untrace } from "../harness/stage.ts";
import { createClient, reachOverHTTP, reachOverStdio, type Reached } from "./servers.ts";

/** The class of the error that each client rejects with. */
const CLIENT_ERROR = { v5: "MCPClientError", v6: "MCPClientError", v7: "MCPClientError" } as const;

beforeAll(usePropagator);
afterAll(() => propagation.disable());

const TRACE_STATE = "rooms=1";

async function runWith(
  way: Way,
  transport: object,
  toolName: string,
  options?: TracingOptions,
): Promise<string> {
  const { major } = way;
  const client = await createClient[major.name]({ transport });
  try {
    const { model } = scriptedModel(major, [callsTool(toolName, "call-1"), says("two")]);
    const { steps } = await traced(way, { ...options }).generateText({
      model,
      prompt: "a room in Paris",
      tools: await client.tools(),
      stopWhen: major.stepCount(5),
      ...major.telemetryOptions({ functionId: AGENT_NAME }),
    });
    return JSON.stringify(steps);
  } finally {
    untrace();
    await client.close();
  }
}

/** Starts a server in this process, so that its spans are in the same telemetry. */
async function overHTTP(): Promise<Reached & { readonly sessionId: string; readonly received: object[] }> {
  const received: object[] = [];
  const reached = await reachOverHTTP((toolName, meta) => {
    received.push(meta);
    const tracer = trace.getTracer("application");
    tracer.startSpan(toolName, {}, propagation.extract(ROOT_CONTEXT, meta)).end();
  });
  onTestFinished(() => reached.close());
  return { ...reached, received };
}

const [toolChat, lastChat] = [chatSpan({ finish: "tool_call" }), chatSpan()];

/** The attributes that the conventions require on the span of a tool that an MCP client calls. */
function mcpSpan(
  name: string,
  attributes: object,
  error?: string,
  children: ExpectedSpan[] = [],
): ExpectedSpan {
  // The ids start after the requests for the handshake and the list of tools. On v7 a probe of the version may come
  // before.
  const known = { "mcp.method.name": "tools/call", "jsonrpc.request.id": expect.stringMatching(/^[23]$/) };
  return toolSpan(
    name,
    "call-1",
    { ...(error === undefined ? {} : { error }), attributes: { ...known, ...attributes } },
    children,
  );
}

describe.each(WAYS)("with $title", (way) => {
  const { major } = way;
  /** v5's client does not set the protocol version on its transport. */
  const version = { "mcp.protocol.version": major.name === "v5" ? undefined : expect.any(String) };

  test("a tool of a server over HTTP is executed, and the server's span is below it", async () => {
    const telemetry = setupTelemetry();
    const { transport, sessionId } = await overHTTP();
    await runWith(way, wrapMCPTransport(transport), "searchRooms");
    const session = { ...version, "mcp.session.id": sessionId };
    await expectSpanTree(
      telemetry,
      agentSpan({}, [
        toolChat,
        mcpSpan("searchRooms", session, undefined, [ownSpan("searchRooms")]),
        lastChat,
      ]),
    );
  });

  test("a tool of a server over standard streams is executed, and the server gets its span context", async () => {
    const telemetry = setupTelemetry();
    const { transport, close } = reachOverStdio(major.name);
    onTestFinished(close);
    const result = await runWith(way, wrapMCPTransport(transport), "searchRooms");
    const tool = telemetry.finished.find(({ name }) => name === "execute_tool searchRooms");
    const { traceId = "", spanId = "" } = tool?.spanContext() ?? {};
    expect(result).toContain(`00-${traceId}-${spanId}-01`);
    await expectSpanTree(telemetry, agentSpan({}, [toolChat, mcpSpan("searchRooms", version), lastChat]));
  });

  test("a result that the server calls an error fails the tool's span", async () => {
    const telemetry = setupTelemetry();
    const { transport, sessionId } = await overHTTP();
    await runWith(way, wrapMCPTransport(transport), "bookRoom");
    const session = { ...version, "mcp.session.id": sessionId };
    await expectSpanTree(
      telemetry,
      agentSpan({}, [toolChat, mcpSpan("bookRoom", session, "tool_error", [ownSpan("bookRoom")]), lastChat]),
    );
  });

  test("a result that the server calls an error is measured as one, also without spans", async () => {
    setupTelemetry();
    const meters = setupMeters();
    const { transport } = await overHTTP();
    const tracerProvider = new ProxyTracerProvider();
    await runWith(way, wrapMCPTransport(transport), "bookRoom", { tracerProvider });
    const executions = (await meters.points()).filter(
      ({ metric }) => metric === "gen_ai.execute_tool.duration",
    );
    expect(executions.map(({ attributes }) => attributes["error.type"])).toEqual(["tool_error"]);
  });

  test("an error of the protocol fails the tool's span with the client's error", async () => {
    const telemetry = setupTelemetry();
    const { transport, sessionId } = await overHTTP();
    await runWith(way, wrapMCPTransport(transport), "crash");
    const session = { ...version, "mcp.session.id": sessionId };
    await expectSpanTree(
      telemetry,
      agentSpan({}, [
        toolChat,
        mcpSpan("crash", session, CLIENT_ERROR[major.name], [ownSpan("crash")]),
        lastChat,
      ]),
    );
  });

  test("a tool behind a transport that is not wrapped has an ordinary tool span", async () => {
    const telemetry = setupTelemetry();
    const { transport, received } = await overHTTP();
    await runWith(way, transport, "bookRoom");
    expect(received).toEqual([{}]);
    await expectSpanTree(telemetry, [
      agentSpan({}, [toolChat, toolSpan("bookRoom", "call-1"), lastChat]),
      ownSpan("bookRoom"),
    ]);
  });

  test("without a context manager messages are sent unchanged", async () => {
    const telemetry = setupTelemetry({ contextManager: false });
    const { transport, received } = await overHTTP();
    await runWith(way, wrapMCPTransport(transport), "searchRooms");
    expect(received).toEqual([{}]);
    await expectSpanTree(telemetry, [
      agentSpan({}, [toolChat, toolSpan("searchRooms", "call-1"), lastChat]),
      ownSpan("searchRooms"),
    ]);
  });

  test("the trace state is sent with the trace context", async () => {
    const telemetry = setupTelemetry();
    const { transport, received } = await overHTTP();
    const caller = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      ...caller,
      isRemote: true,
      traceState: new TraceState(TRACE_STATE),
    });
    await context.with(parent, () => runWith(way, wrapMCPTransport(transport), "searchRooms"));
    const tool = telemetry.finished.find(({ name }) => name === "execute_tool searchRooms");
    const traceparent = `00-${caller.traceId}-${tool?.spanContext().spanId}-01`;
    expect(received).toEqual([{ traceparent, tracestate: TRACE_STATE }]);
  });
});

describe("a wrapped transport", () => {
  /** A transport that keeps the messages that it sends. */
  class Transport {
    readonly #sent: unknown[] = [];
    #listener: unknown;

    get sent(): readonly unknown[] {
      return this.#sent;
    }

    get onmessage(): unknown {
      return this.#listener;
    }

    set onmessage(listener: unknown) {
      this.#listener = listener;
    }

    async send(message: unknown, options?: unknown): Promise<unknown> {
      this.#sent.push(message);
      return options;
    }
  }

  const inSpan = async (work: () => Promise<unknown>): Promise<void> => {
    await setupTelemetry().tracer.startActiveSpan("outer", async (span) => {
      await work();
      span.end();
    });
  };

  test("adds the context to a copy of a request", async () => {
    const transport = new Transport();
    const request = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/list",
      params: { cursor: "a", _meta: { progressToken: 1 } },
    };
    const before = structuredClone(request);
    await inSpan(() => wrapMCPTransport(transport).send(request));
    const _meta = { progressToken: 1, traceparent: expect.stringMatching(/^00-/) };
    expect(transport.sent).toEqual([{ ...request, params: { cursor: "a", _meta } }]);
    expect(request).toEqual(before);
  });

  test("sends notifications, answers, other values and requests with a trace context unchanged", async () => {
    const transport = new Transport();
    const messages = [
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 1, result: {} },
      { jsonrpc: "2.0", id: 1, method: "ping", params: { _meta: { traceparent: "theirs" } } },
      undefined,
    ];
    await inSpan(async () => {
      for (const message of messages) await wrapMCPTransport(transport).send(message);
    });
    transport.sent.forEach((message, index) => expect(message).toBe(messages[index]));
    expect(transport.sent).toHaveLength(messages.length);
  });

  test("passes options, results and listeners, private fields included", async () => {
    const transport = new Transport();
    const wrapped = wrapMCPTransport(transport);
    const [options, listener] = [{}, () => {}];
    expect(await wrapped.send({}, options)).toBe(options);
    // MCP clients add their listeners in this way.
    Object.assign(wrapped, { onmessage: listener });
    expect(transport.onmessage).toBe(listener);
    expect(wrapped.onmessage).toBe(listener);
    expect(wrapped).toBeInstanceOf(Transport);
    expect(wrapMCPTransport(wrapped)).toBe(wrapped);
  });

  test("sends when the propagator fails", async () => {
    const transport = new Transport();
    const failing = {
      inject: () => {
        throw new Error("no");
      },
      extract: () => ROOT_CONTEXT,
      fields: () => [],
    };
    propagation.disable();
    propagation.setGlobalPropagator(failing);
    onTestFinished(usePropagator);
    const request = { id: 1, method: "ping" };
    await inSpan(() => wrapMCPTransport(transport).send(request));
    expect(transport.sent).toEqual([request]);
  });

  test.each([undefined, null, "http://rooms", { type: "http", url: "http://rooms" }])(
    "is not made of %j",
    (value) => {
      expect(() => wrapMCPTransport(value as object)).toThrow(
        new TypeError("wrapMCPTransport: transport must have a send method"),
      );
    },
  );
});

function usePropagator(): void {
  propagation.disable();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}
