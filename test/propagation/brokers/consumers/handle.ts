/**
 * Handles a delivery of any broker. It runs an agent in a linked trace. After a booking it also sends a payment for the
 * same run. At its end it sends a message over the process channel.
 */
import { withLinkedTrace, withProducerSpan } from "ai-spans/propagation";
import { runAgent } from "../../services/agent.ts";
import type { Booking } from "../booking.ts";

export interface Delivery {
  readonly source: unknown;
  /** `bookings` or `payments`. */
  readonly queue: string;
  readonly system: string;
  readonly booking: Booking;
  readonly isRedelivered?: boolean;
}

/** @param forward sends the payment, with the fields that `forwardOrigin` writes */
export async function handle(delivery: Delivery, forward: () => Promise<unknown>): Promise<void> {
  const { source, queue, system, booking, isRedelivered = false } = delivery;
  const sending = { "messaging.system": system };
  const attributes = isRedelivered ? { ...sending, redelivered: true } : sending;
  const { mode } = booking;
  await withLinkedTrace({ name: `process ${queue}`, source, attributes, mode }, async () => {
    await runAgent("hotel");
    if (queue === "bookings") await withProducerSpan({ name: "send payments", attributes: sending }, forward);
  });
  process.send?.({ done: queue });
}

/** The address of the broker, which the test passes in the environment. */
export function brokerAddress(): string {
  const { BROKER } = process.env;
  if (BROKER === undefined) throw new Error("no broker");
  return BROKER;
}
