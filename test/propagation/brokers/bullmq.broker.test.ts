/**
 * BullMQ with a real Redis, between processes. The trace context is in a job's data or options. It survives delays,
 * retries and the end of the producer.
 */
import { carriers } from "ai-spans/propagation";
import { Queue, type JobsOptions } from "bullmq";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Peer } from "../peer.ts";
import { redisAddress, type BookingData } from "./bullmq-queue.ts";
import { agentLines, CONTINUOUS_NOTE, LINKED_NOTE } from "./expected-traces.ts";
import { sendBooking, startConsumer, useConsumer } from "./sender.ts";
import { traceText } from "./trace-text.ts";

const run = useConsumer("bullmq", "redis");
let queue: Queue<BookingData>;
beforeAll(() => {
  queue = new Queue("bookings", { connection: redisAddress(inject("redis")) });
});
afterAll(async () => queue?.close());

const DELAY_MS = 300;

async function add(data: BookingData, options: JobsOptions = {}): Promise<string> {
  await sendBooking(run.telemetry, { system: "bullmq", carrier: data, as: carriers.envelope }, async () =>
    queue.add("book", data, options),
  );
  await run.consumer.done("bookings");
  return run.traces();
}

const SENDING = `  request INTERNAL in sender
    send bookings PRODUCER in sender [messaging.system=bullmq]`;
const FAILURE = "[error.type=RangeError]";

function processing(attempt: number, notes: string, outcome = "", mode = LINKED_NOTE): string {
  const attributes = ` ${mode} [messaging.system=bullmq] [attempt=${attempt}]`;
  return `process bookings CONSUMER in consumer${notes}${attributes}${outcome}`;
}

const LINKED = `trace 1
${SENDING}
trace 2
  ${processing(1, " [delivery: send bookings]")}
${agentLines("    ", "consumer")}`;

test("an agent in a worker has a new trace, linked to the sender", async () => {
  expect(await add({ mode: "linked" })).toBe(LINKED);
});

test("an agent in a worker is in the sender's trace in continuous mode", async () => {
  expect(await add({ mode: "continuous" })).toBe(`trace 1
${SENDING}
      ${processing(1, "", "", CONTINUOUS_NOTE)}
${agentLines("        ", "consumer")}`);
});

test("a job that is delayed is linked to its sender", async () => {
  expect(await add({ mode: "linked" }, { delay: DELAY_MS })).toBe(LINKED);
});

test("a job with the trace context in its options is linked to its sender", async () => {
  const [data, options]: [BookingData, JobsOptions] = [{ mode: "linked" }, {}];
  const sending = { system: "bullmq", carrier: options, as: carriers.bullmqOptions };
  await sendBooking(run.telemetry, sending, async () => queue.add("book", data, options));
  await run.consumer.done("bookings");
  expect(await run.traces()).toBe(LINKED);
});

test("each attempt of a job is a new trace, linked to the sender", async () => {
  expect(await add({ mode: "linked", failsFirst: true }, { attempts: 2 })).toBe(`trace 1
${SENDING}
trace 2
  ${processing(1, " [ERROR] [delivery: send bookings]", ` ${FAILURE}`)}
${agentLines("    ", "consumer")}
trace 3
  ${processing(2, " [delivery: send bookings]")}
${agentLines("    ", "consumer")}`);
});

test("the second attempt links to the first if that forwards its trace, and the sender stays the origin", async () => {
  const data = { mode: "linked", failsFirst: true, isForwarded: true } as const;
  expect(await add(data, { attempts: 2 })).toBe(`trace 1
${SENDING}
trace 2
  ${processing(1, " [ERROR] [delivery: send bookings]", ` ${FAILURE}`)}
${agentLines("    ", "consumer")}
trace 3
  ${processing(2, " [delivery: process bookings 1] [origin: send bookings]")}
${agentLines("    ", "consumer")}`);
});

test("a job whose producer has exited is linked to it", async () => {
  const environment = { QUEUE: "nightly" };
  const producer = await startConsumer("bullmq-producer", "redis", environment);
  const sender = await producer.spans();
  await producer.stop();
  let worker: Peer | undefined;
  try {
    worker = await startConsumer("bullmq", "redis", environment);
    await worker.done("bookings");
    const text = traceText({ sender, consumer: await worker.spans() });
    expect(text).toBe(LINKED.replace("in sender [messaging.system=bullmq]", "in sender"));
  } finally {
    await worker?.stop();
  }
});
