/**
 * Redis Streams, by ioredis, between two processes and a real server. The trace context is in the fields of an entry.
 */
import { carriers } from "ai-spans/propagation";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bookingText, type Booking } from "./booking.ts";
import { EXPECTED_BATCH, expectedContinuous, expectedLinked } from "./expected-traces.ts";
import { processRefunds, sendAndAwait, sendRefund, useConsumer } from "./sender.ts";

const run = useConsumer("redis-streams", "redis");
let redis: Redis;
beforeAll(() => {
  redis = new Redis(inject("redis"));
});
afterAll(async () => redis?.quit());

async function send(booking: Booking): Promise<string> {
  const fields = ["booking", bookingText(booking)];
  await sendAndAwait(run, { system: "redis", carrier: fields }, async () =>
    redis.xadd("bookings", "*", ...fields),
  );
  return run.traces();
}

test("an agent behind a stream has a new trace, linked to the sender", async () => {
  expect(await send({ mode: "linked" })).toBe(expectedLinked("redis"));
});

test("an agent behind a stream is in the sender's trace in continuous mode", async () => {
  expect(await send({ mode: "continuous" })).toBe(expectedContinuous("redis"));
});

test("entries that are read together link to each of their senders", async () => {
  for (const room of ["7", "8"]) {
    const fields = ["room", room];
    sendRefund(fields, carriers.redisFields);
    await redis.xadd("refunds", "*", ...fields);
  }
  const read = await redis.xread("STREAMS", "refunds", "0");
  const [, entries] = read?.[0] ?? [];
  expect(entries).toHaveLength(2);
  expect(processRefunds(run, entries)).toBe(EXPECTED_BATCH);
});
