/**
 * RabbitMQ, between two processes and a real server. The trace context is in `properties.headers`, beside headers of
 * other types.
 */
import { connect, type ChannelModel, type ConfirmChannel } from "amqplib";
import { carriers, withProducerSpan } from "ai-spans/propagation";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bookingText, type Booking } from "./booking.ts";
import { expectedContinuous, expectedLinked, LINKED_NOTE } from "./expected-traces.ts";
import { sendAndAwait, useConsumer } from "./sender.ts";

const run = useConsumer("rabbitmq", "rabbitmq");
let connection: ChannelModel;
let channel: ConfirmChannel;
beforeAll(async () => {
  connection = await connect(inject("rabbitmq"));
  channel = await connection.createConfirmChannel();
  await channel.assertQueue("bookings");
});
afterAll(async () => connection?.close());

async function send(booking: Booking, headers: Record<string, unknown>): Promise<string> {
  await sendAndAwait(run, { system: "rabbitmq", carrier: headers }, async () => {
    channel.sendToQueue("bookings", Buffer.from(bookingText(booking)), { headers });
    await channel.waitForConfirms();
  });
  return run.traces();
}

test("an agent behind a queue has a new trace, linked to the sender", async () => {
  const headers = { attempt: 1, nested: { deep: [1, "two"] }, isUrgent: true };
  expect(await send({ mode: "linked" }, headers)).toBe(expectedLinked("rabbitmq"));
});

test("an agent behind a queue is in the sender's trace in continuous mode", async () => {
  expect(await send({ mode: "continuous" }, {})).toBe(expectedContinuous("rabbitmq"));
});

test("a message that is delivered again links to its sender as the first delivery does", async () => {
  const root = `[delivery: send bookings] ${LINKED_NOTE} [messaging.system=rabbitmq]`;
  const expected = expectedLinked("rabbitmq").replace(root, `${root} [redelivered=true]`);
  expect(await send({ mode: "linked" }, { "put-back": 1 })).toBe(expected);
});

test("options without headers get them", async () => {
  const options: { persistent: boolean; headers?: Record<string, unknown> } = { persistent: false };
  const { queue } = await channel.assertQueue("", { exclusive: true });
  await withProducerSpan(
    { name: "send", carrier: options, as: carriers.amqpOptions },
    async () => channel.sendToQueue(queue, Buffer.from("{}"), options) && channel.waitForConfirms(),
  );
  const message = await channel.get(queue);
  const [producer] = run.telemetry.finished;
  const { traceId, spanId } = producer?.spanContext() ?? {};
  expect(message && message.properties.headers).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
});
