/**
 * Agents behind sockets, in their own process. A connection is in one trace. Each message is a child of its sender's
 * span or links to it.
 */
import { once } from "node:events";
import { carriers, injectContext } from "ai-spans/propagation";
import { io } from "socket.io-client";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { named, startPeer, type Peer } from "./peer.ts";

/** Ends only a test that hangs for ever. A service takes long to start. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let telemetry: Telemetry;
let peer: Peer;
beforeAll(async () => {
  peer = await startPeer("sockets");
});
afterAll(() => peer?.stop());
beforeEach(() => {
  telemetry = setupTelemetry();
});

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
}

/** Writes something inside a new span, and returns the result with the ids of the span. */
function within<T>(write: () => T): { readonly written: T; readonly ids: Ids } {
  return telemetry.tracer.startActiveSpan("ask", (span) => {
    const written = write();
    span.end();
    return { written, ids: span.spanContext() };
  });
}

const messageOf = (message: object) => within(() => injectContext(message, { as: carriers.envelope }));

test("each message of a WebSocket is a child of its sender, or linked to it", async () => {
  const upgrade = within(() => injectContext<Record<string, string>>({}));
  const socket = new WebSocket(`ws://127.0.0.1:${peer.port}/ws`, { headers: upgrade.written });
  const answers = messagesOf(socket);
  expect(await answers.next("greeting")).toBe("greeting");

  const first = messageOf({ name: "first" });
  const second = messageOf({ name: "second" });
  const third = messageOf({ name: "third", linked: true });
  const bare = { name: "bare" };
  for (const message of [first.written, second.written, third.written, bare])
    socket.send(JSON.stringify(message));
  for (const name of ["first", "second", "third", "bare"]) expect(await answers.next(name)).toBe(name);
  socket.close();

  const spans = await peer.spans();
  for (const [name, { ids }] of Object.entries({ greeting: upgrade, first, second })) {
    const agent = named(spans, `invoke_agent ${name}`);
    expect([agent.traceId, agent.parentSpanId]).toEqual([ids.traceId, ids.spanId]);
  }
  const root = named(spans, "process third");
  expect(root.parentSpanId).toBeUndefined();
  expect(root.links.map(({ ids }) => ids)).toEqual([`${third.ids.traceId}/${third.ids.spanId}`]);
  expect(root.traceId).not.toBe(third.ids.traceId);
  expect(named(spans, "invoke_agent third").parentSpanId).toBe(root.spanId);
  // A message without a carrier does not belong to the connection's trace.
  expect(named(spans, "invoke_agent bare").parentSpanId).toBeUndefined();
});

/** Waits for messages by their text, in any order. */
function messagesOf(socket: WebSocket): { next: (name: string) => Promise<string> } {
  const said: string[] = [];
  socket.on("message", (data: Buffer) => said.push(data.toString()));
  return {
    next: async (name) => {
      while (!said.includes(name)) await once(socket, "message");
      return name;
    },
  };
}

test("a socket.io connection is in the trace of its auth, and each event in its sender's", async () => {
  const auth = within(() => injectContext<Record<string, string>>({}));
  const socket = io(peer.url, { auth: auth.written, transports: ["websocket"] });
  const said = async (): Promise<string> =>
    new Promise((resolve) => {
      socket.once("said", resolve);
    });
  expect(await said()).toBe("handshake");
  const event = messageOf({ name: "event" });
  socket.emit("say", event.written);
  expect(await said()).toBe("event");
  socket.close();

  const spans = await peer.spans();
  for (const [name, { ids }] of Object.entries({ handshake: auth, event })) {
    const agent = named(spans, `invoke_agent ${name}`);
    expect([agent.traceId, agent.parentSpanId]).toEqual([ids.traceId, ids.spanId]);
  }
});

test("a stream of server-sent events is in the trace of its request", async () => {
  const request = within(() => injectContext(new Headers({ accept: "text/event-stream" })));
  const answer = await fetch(peer.url, { headers: request.written });
  expect(await answer.text()).toBe("data: booked\n\n");
  const agent = named(await peer.spans(), "invoke_agent events");
  expect([agent.traceId, agent.parentSpanId]).toEqual([request.ids.traceId, request.ids.spanId]);
});
