/**
 * A Worker with Durable Objects and a queue's consumer: one class is traced, one is not.
 */
import { DurableObject, RpcTarget } from "cloudflare:workers";
import { traceRpcClass, withLinkedTrace } from "ai-spans/propagation";
import { runAgent, tellSpans } from "./telemetry.ts";

class Ledger extends RpcTarget {
  total(): number {
    return 7;
  }
}

class HotelObject extends DurableObject {
  #name = "";

  async init(name: string): Promise<void> {
    this.#name = name;
    await runAgent(`init ${name}`);
  }

  async book(...given: unknown[]): Promise<{ readonly name: string; readonly given: readonly unknown[] }> {
    await runAgent(`book ${this.#name}`);
    return { name: this.#name, given };
  }

  async read(stream: ReadableStream): Promise<string> {
    return new Response(stream).text();
  }

  ledger(): Ledger {
    return new Ledger();
  }

  async fail(): Promise<never> {
    throw new RangeError("no room");
  }

  override async fetch(request: Request): Promise<Response> {
    await runAgent(`fetch ${this.#name}`);
    return Response.json({ method: request.method, body: await request.text(), name: this.#name });
  }
}

export const Hotel = traceRpcClass(HotelObject);

/** The same class as its author wrote it. */
export class BareHotel extends HotelObject {}

interface Batch {
  readonly queue: string;
  readonly messages: ReadonlyArray<{ readonly body: unknown }>;
}

export default {
  fetch: tellSpans,
  async queue(batch: Batch): Promise<void> {
    for (const message of batch.messages) {
      await withLinkedTrace({ source: message, name: "process bookings" }, async () => runAgent("queue"));
    }
  },
};
