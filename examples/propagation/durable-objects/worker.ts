// A Worker that calls the Durable Object through a wrapped namespace. The calls themselves do not change.
import { trace } from "@opentelemetry/api";
import { wrapDurableObjectNamespace, withRemoteContext } from "ai-spans/propagation";
import { startWorkerTelemetry, tracesResponse } from "./telemetry.ts";

interface Environment {
  readonly HOTEL: {
    getByName(name: string): { init(city: string): Promise<void>; book(room: number): Promise<string> };
  };
  readonly HOTEL_WORKER: { fetch(request: Request): Promise<Response> };
}

startWorkerTelemetry();

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/spans/worker") return tracesResponse();
    if (pathname === "/spans/hotel") return environment.HOTEL_WORKER.fetch(request);
    return withRemoteContext(request, async () =>
      trace.getTracer("application").startActiveSpan("request", async (span) => {
        // Both ends are ours, so the first call need not ask whether the object is traced.
        const hotels = wrapDurableObjectNamespace(environment.HOTEL, { tracedReceiver: true });
        const hotel = hotels.getByName("astoria");
        await hotel.init("Vienna");
        const text = await hotel.book(7);
        span.end();
        return new Response(text);
      }),
    );
  },
};
