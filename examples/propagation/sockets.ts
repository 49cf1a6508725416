// One WebSocket with several messages. A connection may live for hours, so each message includes its sender's context.
// Its agent run is in the sender's trace, not in the trace of the connection.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { carriers, injectContext, withRemoteContext } from "ai-spans/propagation";
import { WebSocket, WebSocketServer } from "ws";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();
const tracer = trace.getTracer("application");

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
server.on("connection", (socket) => {
  socket.on("message", (data: Buffer) => {
    void withRemoteContext(JSON.parse(data.toString()), async () => socket.send(await runHotelAgent()));
  });
});
await once(server, "listening");
const { port } = server.address() as AddressInfo;

const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
await once(socket, "open");
for (const name of ["first question", "second question"]) {
  await tracer.startActiveSpan(name, async (span) => {
    const message = injectContext({ text: name }, { as: carriers.envelope });
    socket.send(JSON.stringify(message));
    await once(socket, "message");
    span.end();
  });
}
socket.close();
server.close();
printTraces();
