/**
 * What the consumer of every broker does with a delivery: an agent run in a linked trace, and after a booking the
 * sending of a payment on behalf of the same run. Says over the process channel when it is done.
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

/** @param forward sends the payment, with what `forwardOrigin` writes */
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

/** The address of a broker, which the test gives. */
export function brokerAddress(): string {
  const { BROKER } = process.env;
  if (BROKER === undefined) throw new Error("no broker");
  return BROKER;
}
