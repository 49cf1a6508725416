/** Takes bookings and payments from RabbitMQ. */
import { connect } from "amqplib";
import { forwardOrigin } from "ai-spans/propagation";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { bookingOf } from "../booking.ts";
import { brokerAddress, handle } from "./handle.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const connection = await connect(brokerAddress());
    const channel = await connection.createChannel();
    for (const queue of ["bookings", "payments"]) {
      await channel.assertQueue(queue);
      await channel.consume(queue, (message) => {
        if (message === null) return;
        const isRedelivered = message.fields.redelivered;
        // A booking with this header is rejected once, before it is handled, so that the broker delivers it again.
        if (message.properties.headers?.["put-back"] === 1 && !isRedelivered) {
          channel.nack(message);
          return;
        }
        const booking = bookingOf(message.content.toString());
        const delivery = { source: message, queue, system: "rabbitmq", booking, isRedelivered };
        void (async () => {
          await handle(delivery, async () =>
            channel.sendToQueue("payments", message.content, { headers: forwardOrigin({ attempt: 1 }) }),
          );
          channel.ack(message);
        })();
      });
    }
    return 0;
  },
};
