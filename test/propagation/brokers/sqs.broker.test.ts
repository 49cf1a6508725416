/**
 * SQS, by the AWS SDK, between two processes and an emulator. The trace context is in message attributes, of which a
 * message may have ten.
 */
import { ReceiveMessageCommand, SendMessageCommand, type MessageAttributeValue } from "@aws-sdk/client-sqs";
import { carriers, forwardOrigin, withLinkedTrace, withProducerSpan } from "ai-spans/propagation";
import { afterAll, describe, expect, inject, test } from "vitest";
import { ORIGIN_TRACEPARENT } from "../sent-spans.ts";
import { bookingText, type Booking } from "./booking.ts";
import { EXPECTED_BATCH, expectedContinuous, expectedLinked } from "./expected-traces.ts";
import { processRefunds, sendAndAwait, sendRefund, useConsumer } from "./sender.ts";
import { queueUrl, sqsClient } from "./sqs-queue.ts";

const run = useConsumer("sqs", "sqs");
const client = sqsClient(inject("sqs"));
afterAll(() => client.destroy());

function ownAttributes(count: number): Record<string, MessageAttributeValue> {
  const value = { DataType: "String", StringValue: "own" };
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`own-${index}`, value]));
}

async function send(booking: Booking): Promise<string> {
  const message = {
    QueueUrl: await queueUrl(client, "bookings"),
    MessageBody: bookingText(booking),
    MessageAttributes: ownAttributes(1),
  };
  await sendAndAwait(run, { system: "aws_sqs", carrier: message }, async () =>
    client.send(new SendMessageCommand(message)),
  );
  return run.traces();
}

test("an agent behind a queue has a new trace, linked to the sender", async () => {
  expect(await send({ mode: "linked" })).toBe(expectedLinked("aws_sqs"));
});

test("an agent behind a queue is in the sender's trace in continuous mode", async () => {
  expect(await send({ mode: "continuous" })).toBe(expectedContinuous("aws_sqs"));
});

test("messages that are received together link to each of their senders", async () => {
  const QueueUrl = await queueUrl(client, "refunds");
  for (const MessageBody of ["7", "8"]) {
    const message = { QueueUrl, MessageBody };
    sendRefund(message, carriers.sqsMessage);
    await client.send(new SendMessageCommand(message));
  }
  const all = { QueueUrl, MessageAttributeNames: ["All"], MaxNumberOfMessages: 10 };
  const received = await client.send(new ReceiveMessageCommand(all));
  expect(received.Messages).toHaveLength(2);
  expect(processRefunds(run, received)).toBe(EXPECTED_BATCH);
});

describe("a message of ten attributes", () => {
  /** Sends a message that has this many attributes, and returns the names of the others that arrive with it. */
  async function arriving(count: number, write: (message: object) => void): Promise<string[]> {
    const QueueUrl = await queueUrl(client, `limit-${count}`);
    const message = { QueueUrl, MessageBody: "{}", MessageAttributes: ownAttributes(count) };
    withLinkedTrace({ name: "hop", source: { traceparent: ORIGIN_TRACEPARENT } }, () => write(message));
    await client.send(new SendMessageCommand(message));
    const received = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }),
    );
    const names = Object.keys(received.Messages?.[0]?.MessageAttributes ?? {});
    expect(names.filter((name) => name.startsWith("own-"))).toHaveLength(count);
    return names.filter((name) => !name.startsWith("own-"));
  }

  test("is the most that the queue accepts", async () => {
    const QueueUrl = await queueUrl(client, "refused");
    const message = { QueueUrl, MessageBody: "{}", MessageAttributes: ownAttributes(11) };
    await expect(client.send(new SendMessageCommand(message))).rejects.toThrow(/attributes/);
  });

  test("has eight attributes of the application, the trace and its origin", async () => {
    expect(await arriving(8, forwardOrigin)).toEqual(["traceparent", "origin-traceparent"]);
    expect(run.telemetry.diagnostics).toEqual([]);
  });

  test("has nine attributes of the application and the trace, without its origin", async () => {
    expect(await arriving(9, forwardOrigin)).toEqual(["traceparent"]);
    expect(run.telemetry.diagnostics).toHaveLength(1);
  });

  test("is sent unchanged if all ten attributes are the application's", async () => {
    expect(await arriving(10, forwardOrigin)).toEqual([]);
    const options = { name: "send", as: carriers.messageAttributes };
    const attributes = ownAttributes(10);
    withProducerSpan({ ...options, carrier: attributes }, () => {});
    expect(attributes).toEqual(ownAttributes(10));
  });
});
