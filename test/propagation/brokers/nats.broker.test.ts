/**
 * NATS, between two processes and a real server. The trace context is in a message's headers.
 */
import { connect, headers, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bookingText, type Booking } from "./booking.ts";
import { expectedContinuous, expectedLinked } from "./expected-traces.ts";
import { sendAndAwait, useConsumer } from "./sender.ts";

const run = useConsumer("nats", "nats");
let connection: NatsConnection;
beforeAll(async () => {
  connection = await connect({ servers: inject("nats") });
});
afterAll(async () => connection?.close());

async function send(booking: Booking): Promise<string> {
  const carrier = headers();
  await sendAndAwait(run, { system: "nats", carrier }, async () => {
    connection.publish("bookings", bookingText(booking), { headers: carrier });
    await connection.flush();
  });
  return run.traces();
}

test("an agent behind a subject has a new trace, linked to the sender", async () => {
  expect(await send({ mode: "linked" })).toBe(expectedLinked("nats"));
});

test("an agent behind a subject is in the sender's trace in continuous mode", async () => {
  expect(await send({ mode: "continuous" })).toBe(expectedContinuous("nats"));
});
