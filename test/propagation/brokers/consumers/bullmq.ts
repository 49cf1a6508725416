/**
 * Takes jobs from one BullMQ queue. A job's data may ask the first attempt to fail, and to forward its trace to the
 * second attempt.
 */
import { Worker, type Job } from "bullmq";
import { forwardOrigin, withLinkedTrace } from "ai-spans/propagation";
import { runAgent } from "../../services/agent.ts";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { redisAddress, type BookingData } from "../bullmq-queue.ts";
import { brokerAddress } from "./handle.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const worker = new Worker<BookingData>(process.env.QUEUE ?? "bookings", work, {
      connection: redisAddress(brokerAddress()),
    });
    worker.on("completed", () => process.send?.({ done: "bookings" }));
    await worker.waitUntilReady();
    return 0;
  },
};

async function work(job: Job<BookingData>): Promise<void> {
  const attributes = { "messaging.system": "bullmq", attempt: job.attemptsMade + 1 };
  const { mode, failsFirst, isForwarded } = job.data;
  await withLinkedTrace({ name: "process bookings", source: job, attributes, mode }, async () => {
    await runAgent("hotel");
    if (job.attemptsMade > 0) return;
    if (isForwarded) await job.updateData(forwardOrigin(job).data);
    if (failsFirst) throw new RangeError("the hotel does not answer");
  });
}
