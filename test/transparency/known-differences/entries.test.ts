/**
 * Differences that a program can notice in the entries for serverless functions and MCP. Rows of docs/why/transparency.md.
 */
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { wrapAISDK } from "ai-spans";
import { wrapMCPTransport } from "ai-spans/mcp";
import { flushAfter, flushHandler } from "ai-spans/serverless";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { callsTool, says } from "../../conformance/script.ts";
import { createGate } from "../../support/gate.ts";
import { v7 } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { outcomeOf } from "./both.ts";

beforeEach(() => void setupTelemetry());
afterEach(() => propagation.disable());

/** Everything that a program can read of a response before its body. */
function factsOf(response: Response): unknown {
  const { status, statusText, ok, url, type, redirected, bodyUsed, headers } = response;
  return { status, statusText, ok, url, type, redirected, bodyUsed, headers: [...headers] };
}

/** Calls `look` with the response of a handler that returns while a run is still open. The run ends after that. */
async function duringRun(response: Response, look: (returned: Response) => Promise<void>): Promise<void> {
  const gate = createGate();
  const ai = wrapAISDK(v7.ai);
  const { model } = scriptedModel(v7, [
    says("a room", {
      onCall: async () => {
        await gate.pass();
      },
    }),
  ]);
  let run: Promise<unknown> | undefined;
  const returned = await flushAfter(async () => {
    run = ai.generateText({ model, prompt: "a room" });
    await gate.reached;
    return response;
  });
  const looking = look(returned);
  gate.open();
  await Promise.all([run, looking]);
}

describe("a handler", () => {
  test("a plain response that is read while a span is open is another object that answers the same", async () => {
    const init = { status: 201, statusText: "Made", headers: { "x-room": "2", "content-type": "text/x" } };
    const response = new Response("a room", init);
    const facts = factsOf(response);
    await duringRun(response, async (returned) => {
      expect(returned).not.toBe(response);
      expect(Object.getPrototypeOf(returned)).toBe(Response.prototype);
      expect(factsOf(returned)).toEqual(facts);
      expect(await returned.text()).toBe("a room");
    });
    // Without an open span the handler returns the same response.
    const other = new Response("a room");
    expect(await flushAfter(() => other)).toBe(other);
  });

  test("any other response has members of its own until its body has been read", async () => {
    class AppResponse extends Response {}
    const response = new AppResponse("a room");
    const before = Reflect.ownKeys(response);
    await duringRun(response, async (returned) => {
      expect(returned).toBe(response);
      const own = Reflect.ownKeys(returned).filter((key) => !before.includes(key));
      expect(own).toEqual(expect.arrayContaining(["body", "bodyUsed", "text", "json", "clone"]));
      expect(own.filter((key) => !(key in Response.prototype))).toEqual([]);
      expect(await returned.text()).toBe("a room");
    });
    expect(Reflect.ownKeys(response)).toEqual(before);
  });

  test("a handler that is flushed is another function and gives a promise", async () => {
    const handler = Object.assign((room: number) => room + 1, { mark: 1 });
    const flushed = flushHandler(handler);
    expect(flushed).not.toBe(handler);
    expect(Object.keys(flushed)).toEqual(["mark"]);
    expect(flushed(1)).toBeInstanceOf(Promise);
    expect(await flushed(1)).toBe(handler(1));
  });
});

class Transport {
  readonly sent: unknown[] = [];
  onmessage: unknown;

  async send(message: unknown): Promise<void> {
    this.sent.push(message);
  }
}

describe("a transport", () => {
  test("a request that a wrapped transport sends is a copy with the trace context", async () => {
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "searchRooms" } };
    const notification = { jsonrpc: "2.0", method: "notifications/initialized" };
    const bare = new Transport();
    const original = new Transport();
    const wrapped = wrapMCPTransport(original);
    const { model } = scriptedModel(v7, [callsTool("searchRooms", "call-1"), says("two")]);
    const execute = async (): Promise<number> => {
      for (const transport of [bare, wrapped]) {
        await transport.send(request);
        await transport.send(notification);
      }
      return 2;
    };
    const inputSchema = v7.ai.jsonSchema({ type: "object" });
    const tools = { searchRooms: v7.ai.tool({ inputSchema, execute }) };
    await wrapAISDK(v7.ai).generateText({ model, prompt: "a room", tools, stopWhen: v7.stepCount(3) });
    expect(bare.sent.map((message) => [request, notification].indexOf(message as never))).toEqual([0, 1]);
    const [sent, other] = original.sent;
    const _meta = { traceparent: expect.stringMatching(/^00-/) as unknown };
    expect(sent).toEqual({ ...request, params: { ...request.params, _meta } });
    expect(other).toBe(notification);
    expect(Object.keys(request.params)).toEqual(["name"]);
  });

  test("a wrapped transport shows its class's methods as its own properties, and cannot be frozen", () => {
    const bare = new Transport();
    const original = new Transport();
    const wrapped = wrapMCPTransport(original);
    expect(wrapped).not.toBe(original);
    expect(Reflect.ownKeys(wrapped)).toEqual(Reflect.ownKeys(bare));
    expect([Object.hasOwn(bare, "send"), Object.hasOwn(wrapped, "send")]).toEqual([false, true]);
    for (const act of [Object.freeze, (target: object) => Object.setPrototypeOf(target, {}) as unknown]) {
      expect(outcomeOf(() => act(new Transport()))).toBe("done");
      expect(outcomeOf(() => act(wrapped))).toMatch(/^TypeError: .* on proxy/);
      expect(Object.getPrototypeOf(original)).toBe(Transport.prototype);
      expect(Object.isExtensible(original)).toBe(true);
    }
  });

  test("a method and a new property that are written to a wrapped transport stay with it, state reaches the transport", async () => {
    const original = new Transport();
    const wrapped = wrapMCPTransport(original);
    const listen = (): void => {};
    const calls: unknown[] = [];
    Object.assign(wrapped, {
      onmessage: listen,
      extra: 1,
      send: async (message: unknown) => calls.push(message),
    });
    expect(original.onmessage).toBe(listen);
    expect(Reflect.ownKeys(original)).toEqual(["sent", "onmessage"]);
    await wrapped.send(1);
    await original.send(2);
    expect([calls, original.sent]).toEqual([[1], [2]]);
  });
});
