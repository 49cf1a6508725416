/** Adds one job to a BullMQ queue, inside a span `request`. */
import { trace } from "@opentelemetry/api";
import { carriers, withProducerSpan } from "ai-spans/propagation";
import { Queue } from "bullmq";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { redisAddress, type BookingData } from "../bullmq-queue.ts";
import { brokerAddress } from "./handle.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const queue = new Queue<BookingData>(process.env.QUEUE ?? "", {
      connection: redisAddress(brokerAddress()),
    });
    await trace.getTracer("application").startActiveSpan("request", async (request) => {
      const data = { mode: "linked" } as const;
      const options = { name: "send bookings", carrier: data, as: carriers.envelope };
      await withProducerSpan(options, async () => queue.add("book", data));
      request.end();
    });
    await queue.close();
    return 0;
  },
};
