/** Takes bookings and payments from Kafka. */
import { carriers, forwardOrigin } from "ai-spans/propagation";
import { Kafka, logLevel, type KafkaMessage } from "kafkajs";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { bookingOf } from "../booking.ts";
import { brokerAddress, handle } from "./handle.ts";

/** The mock cluster answers a fetch only after this time, even if it has a message. */
const FETCH_LIMIT_MS = 100;

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const kafka = new Kafka({ brokers: [brokerAddress()], logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    const consumer = kafka.consumer({ groupId: "hotel", maxWaitTimeInMs: FETCH_LIMIT_MS });
    await consumer.connect();
    await consumer.subscribe({ topics: ["bookings", "payments"], fromBeginning: true });
    const joined = new Promise((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, resolve);
    });
    const take = async (topic: string, message: KafkaMessage): Promise<void> => {
      const { value } = message;
      const booking = bookingOf(String(value));
      await handle({ source: message, queue: topic, system: "kafka", booking }, async () => {
        const payment = forwardOrigin({ value }, { as: carriers.kafkaMessage });
        await producer.send({ topic: "payments", messages: [payment] });
      });
    };
    await consumer.run({ eachMessage: async ({ topic, message }) => take(topic, message) });
    await joined;
    return 0;
  },
};
