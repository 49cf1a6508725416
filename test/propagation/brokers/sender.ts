/**
 * The sending side of a broker test. A request in the test's process sends a booking to a consumer in another process.
 * `traces` then returns the traces of both processes.
 */
import { withLinkedTrace, withProducerSpan, type CarrierPair } from "ai-spans/propagation";
import { afterAll, beforeAll, beforeEach, inject, type ProvidedContext } from "vitest";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";
import { startPeer, type Peer } from "../peer.ts";
import { toSent } from "../../support/sent-span.ts";
import { traceText } from "./trace-text.ts";

export interface Sending {
  readonly system: string;
  /** The context is written to it before the message is sent. */
  readonly carrier?: unknown;
  readonly as?: CarrierPair;
}

export interface ConsumerTest {
  readonly telemetry: Telemetry;
  readonly consumer: Peer;
  /** The traces of both processes since the last call. */
  readonly traces: () => Promise<string>;
}

/** Starts the consumer of that name in `consumers/`, on that broker, for the tests of one file. */
export function useConsumer(name: string, broker: keyof ProvidedContext): ConsumerTest {
  let telemetry: Telemetry;
  let consumer: Peer;
  let reported = 0;
  beforeAll(async () => {
    consumer = await startConsumer(name, broker);
  });
  afterAll(async () => consumer?.stop());
  beforeEach(() => {
    telemetry = setupTelemetry();
  });
  return {
    get telemetry() {
      return telemetry;
    },
    get consumer() {
      return consumer;
    },
    traces: async () => {
      const spans = await consumer.spans();
      const text = traceText({ sender: telemetry.started.map(toSent), consumer: spans.slice(reported) });
      reported = spans.length;
      return text;
    },
  };
}

export async function startConsumer(
  name: string,
  broker: keyof ProvidedContext,
  environment: Record<string, string> = {},
): Promise<Peer> {
  return startPeer(`../brokers/consumers/${name}`, { BROKER: inject(broker), ...environment });
}

/** A request that does nothing but send one booking. */
export async function sendBooking(
  { tracer }: Pick<Telemetry, "tracer">,
  { system, ...carrier }: Sending,
  send: () => Promise<unknown>,
): Promise<void> {
  await tracer.startActiveSpan("request", async (request) => {
    const attributes = { "messaging.system": system };
    await withProducerSpan({ name: "send bookings", ...carrier, attributes }, send);
    request.end();
  });
}

/** Sends a booking. Waits until the consumer has taken it, has sent a payment, and has taken the payment. */
export async function sendAndAwait(
  { telemetry, consumer }: ConsumerTest,
  sending: Sending,
  send: () => Promise<unknown>,
): Promise<void> {
  await sendBooking(telemetry, sending, send);
  await consumer.done("bookings");
  await consumer.done("payments");
}

/** Writes the context of a new producer span into a message. The messages of a batch thus have different senders. */
export function sendRefund(carrier: unknown, as: CarrierPair): void {
  withProducerSpan({ name: "send refunds", carrier, as }, () => {});
}

/** Takes two refunds as one batch in the test's process, and returns the traces. */
export function processRefunds({ telemetry }: ConsumerTest, batch: unknown): string {
  withLinkedTrace({ name: "process refunds", source: batch, mode: "continuous" }, () => {});
  return traceText({ test: telemetry.started.map(toSent) });
}
