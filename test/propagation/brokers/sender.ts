/**
 * The sending side of a broker test: a request in the test's own process that sends a booking to a consumer in
 * another, and the traces that the two have made of it.
 */
import { withLinkedTrace, withProducerSpan, type CarrierPair } from "ai-spans/propagation";
import { afterAll, beforeAll, beforeEach, inject, type ProvidedContext } from "vitest";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";
import { startPeer, type Peer } from "../peer.ts";
import { tell } from "../services/telemetry.ts";
import { traceText } from "./trace-text.ts";

export interface Sending {
  readonly system: string;
  /** Written to before the sending. */
  readonly carrier?: unknown;
  readonly as?: CarrierPair;
}

export interface ConsumerTest {
  readonly telemetry: Telemetry;
  readonly consumer: Peer;
  /** Of both processes, since it was asked last. */
  readonly traces: () => Promise<string>;
}

/** For the tests of one file: the consumer in `consumers/` of that name, at work on that broker. */
export function useConsumer(name: string, broker: keyof ProvidedContext): ConsumerTest {
  let telemetry: Telemetry;
  let consumer: Peer;
  let seen = 0;
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
      const text = traceText({ sender: telemetry.started.map(tell), consumer: spans.slice(seen) });
      seen = spans.length;
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

/** A request whose only work is one sending. */
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

/** Sends a booking, and waits until the consumer has taken it, sent a payment and taken that. */
export async function sendAndAwait(
  { telemetry, consumer }: ConsumerTest,
  sending: Sending,
  send: () => Promise<unknown>,
): Promise<void> {
  await sendBooking(telemetry, sending, send);
  await consumer.done("bookings");
  await consumer.done("payments");
}

/** What a message was written to by, of which a batch has several: each has a sender of its own. */
export function sendRefund(carrier: unknown, as: CarrierPair): void {
  withProducerSpan({ name: "send refunds", carrier, as }, () => {});
}

/** The traces of two refunds that were taken as one batch, in the test's own process. */
export function processRefunds({ telemetry }: ConsumerTest, batch: unknown): string {
  withLinkedTrace({ name: "process refunds", source: batch, mode: "continuous" }, () => {});
  return traceText({ test: telemetry.started.map(tell) });
}
