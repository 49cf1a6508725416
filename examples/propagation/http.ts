// Two services over HTTP: a tool of one agent calls the other service, in one trace. If OpenTelemetry's HTTP
// instrumentations are active, remove both calls of ai-spans/propagation, because they do the same.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { injectContext, withRemoteContext } from "ai-spans/propagation";
import { Hono } from "hono";
import { runHotelAgent, runTravelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

startTelemetry();

// The hotel: node:http.
const hotel = createServer((request, response) => {
  void withRemoteContext(request, async () => {
    const text = await runHotelAgent();
    response.end(text);
  });
});
hotel.listen(0, "127.0.0.1");
await once(hotel, "listening");
const { port: hotelPort } = hotel.address() as AddressInfo;

// The travel agency: hono.
const app = new Hono();
app.get("/", async (c) =>
  withRemoteContext(c.req.raw, async () => {
    const text = await runTravelAgent(async () => {
      const answer = await fetch(`http://127.0.0.1:${hotelPort}/`, { headers: injectContext(new Headers()) });
      return answer.text();
    });
    return c.text(text);
  }),
);
const agency = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
await once(agency, "listening");
const { port } = agency.address() as AddressInfo;

const answer = await fetch(`http://127.0.0.1:${port}/`);
await answer.text();
agency.close();
hotel.close();
printTraces();
