/**
 * A Worker with Durable Objects and a consumer of a queue. One class is wrapped, one is not.
 */
import { DurableObject, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
import { wrapRpcClass, withLinkedTrace } from "ai-spans/propagation";
import { runAgent } from "./agent.ts";
import { sendSpans } from "./telemetry.ts";

class Ledger extends RpcTarget {
  total(): number {
    return 7;
  }
}

class HotelObject extends DurableObject {
  #name = "";
  /** The calls that the object got, in their order. */
  #calls: string[] = [];

  async init(name: string): Promise<void> {
    this.#name = name;
    await runAgent(`init ${name}`);
  }

  async book(...args: unknown[]): Promise<{ readonly name: string; readonly args: readonly unknown[] }> {
    await runAgent(`book ${this.#name}`);
    return { name: this.#name, args };
  }

  count(rooms: readonly string[]): number {
    this.#calls.push(`count ${rooms.join("+")}`);
    return rooms.length;
  }

  takeCalls(): readonly string[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
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
    this.#calls.push("fetch");
    await runAgent(`fetch ${this.#name}`);
    return Response.json({ method: request.method, body: await request.text(), name: this.#name });
  }
}

export const Hotel = wrapRpcClass(HotelObject);

/** The same class without `wrapRpcClass`. */
export class BareHotel extends HotelObject {}

/** The class of a service binding. The runtime makes a new instance for each call. */
export const Desk = wrapRpcClass(
  class extends WorkerEntrypoint {
    async ask(questions: readonly string[]): Promise<readonly string[]> {
      await runAgent(`ask ${questions.join("+")}`);
      return questions;
    }
  },
);

interface Batch {
  readonly queue: string;
  readonly messages: ReadonlyArray<{ readonly body: unknown }>;
}

export default {
  fetch: sendSpans,
  async queue(batch: Batch): Promise<void> {
    for (const message of batch.messages) {
      await withLinkedTrace({ source: message, name: "process bookings" }, async () => runAgent("queue"));
    }
  },
};
