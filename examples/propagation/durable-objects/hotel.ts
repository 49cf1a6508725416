// A Durable Object with an agent. The exported class runs each request and each RPC call in the caller's trace.
import { wrapRpcClass } from "ai-spans/propagation";
import { DurableObject } from "cloudflare:workers";
import { runHotelAgent } from "../agent.ts";
import { tracesResponse, startWorkerTelemetry } from "./telemetry.ts";

startWorkerTelemetry();

class HotelObject extends DurableObject {
  async init(_city: string): Promise<void> {
    await runHotelAgent();
  }

  async book(_room: number): Promise<string> {
    return runHotelAgent();
  }
}

export const Hotel = wrapRpcClass(HotelObject);

export default { fetch: tracesResponse };
