/**
 * WebSocket and socket.io on one port. A connection continues the trace of its upgrade, and a message that of its
 * carrier. A message may ask for a linked trace instead.
 */
import { createServer } from "node:http";
import { withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { Server as SocketIoServer } from "socket.io";
import { WebSocketServer } from "ws";
import { runAgent } from "./agent.ts";
import { listen } from "../../support/loopback.ts";
import type { Service } from "./main.ts";
import { registerTelemetry } from "./telemetry.ts";

interface Message {
  readonly name: string;
  readonly linked?: boolean;
}

async function answer(message: Message): Promise<string> {
  const run = async (): Promise<string> => runAgent(message.name);
  await (message.linked
    ? withLinkedTrace({ name: `process ${message.name}`, source: message }, run)
    : withRemoteContext(message, run));
  return message.name;
}

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const server = createServer((request, response) => {
      // Server-sent events. The request's headers are the carrier.
      response.writeHead(200, { "content-type": "text/event-stream" });
      void withRemoteContext(request, async () => {
        const text = await runAgent("events");
        response.end(`data: ${text}\n\n`);
      });
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url !== "/ws") return;
      sockets.handleUpgrade(request, socket, head, (open) => sockets.emit("connection", open, request));
    });
    sockets.on("connection", (socket, request) => {
      void withRemoteContext(request, async () => {
        await runAgent("greeting");
        socket.send("greeting");
      });
      socket.on("message", (data: Buffer) => {
        // The test sends only messages of this form.
        const message = JSON.parse(data.toString()) as Message;
        void (async () => socket.send(await answer(message)))();
      });
    });
    new SocketIoServer(server).on("connection", (socket) => {
      void withRemoteContext(socket, async () => {
        await runAgent("handshake");
        socket.emit("said", "handshake");
      });
      socket.on("say", (message: Message) => {
        void (async () => socket.emit("said", await answer(message)))();
      });
    });
    return listen(server);
  },
};
