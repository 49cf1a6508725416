/**
 * Kafka, by kafkajs, between two processes and librdkafka's mock cluster. The trace context is in message headers,
 * which arrive as Buffers.
 */
import { carriers } from "ai-spans/propagation";
import { Kafka, logLevel, type Batch, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bookingText, type Booking } from "./booking.ts";
import { EXPECTED_BATCH, expectedContinuous, expectedLinked } from "./expected-traces.ts";
import { processRefunds, sendAndAwait, sendRefund, useConsumer } from "./sender.ts";

let kafka: Kafka;
let producer: Producer;
// Asking for the metadata creates the topics, before the consumer joins.
beforeAll(async () => {
  kafka = new Kafka({ brokers: [inject("kafka")], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.fetchTopicMetadata({ topics: ["bookings", "payments", "refunds"] });
  await admin.disconnect();
  producer = kafka.producer();
  await producer.connect();
});
afterAll(async () => producer?.disconnect());
const run = useConsumer("kafka", "kafka");

async function send(booking: Booking): Promise<string> {
  const message = { value: bookingText(booking), headers: { tenant: Buffer.from("acme") } };
  await sendAndAwait(run, { system: "kafka", carrier: message }, async () =>
    producer.send({ topic: "bookings", messages: [message] }),
  );
  return run.traces();
}

test("an agent behind a topic has a new trace, linked to the sender", async () => {
  expect(await send({ mode: "linked" })).toBe(expectedLinked("kafka"));
});

test("an agent behind a topic is in the sender's trace in continuous mode", async () => {
  expect(await send({ mode: "continuous" })).toBe(expectedContinuous("kafka"));
});

test("messages of one batch link to each of their senders", async () => {
  const messages = ["7", "8"].map((value) => ({ value, partition: 0 }));
  for (const message of messages) sendRefund(message, carriers.kafkaMessage);
  await producer.send({ topic: "refunds", messages });
  const consumer = kafka.consumer({ groupId: "accounts" });
  await consumer.connect();
  await consumer.subscribe({ topic: "refunds", fromBeginning: true });
  const batch = await new Promise<Batch>((resolve, reject) => {
    consumer.run({ eachBatch: async (payload) => resolve(payload.batch) }).catch(reject);
  });
  await consumer.disconnect();
  expect(batch.messages).toHaveLength(2);
  expect(processRefunds(run, batch)).toBe(EXPECTED_BATCH);
});
