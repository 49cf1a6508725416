/** Takes bookings and payments from NATS. */
import { forwardOrigin } from "ai-spans/propagation";
import { connect, headers } from "nats";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { bookingOf } from "../booking.ts";
import { brokerAddress, handle } from "./handle.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const connection = await connect({ servers: brokerAddress() });
    for (const queue of ["bookings", "payments"]) {
      const subscription = connection.subscribe(queue);
      void (async () => {
        for await (const message of subscription) {
          const booking = bookingOf(message.string());
          await handle({ source: message, queue, system: "nats", booking }, async () =>
            connection.publish("payments", message.data, { headers: forwardOrigin(headers()) }),
          );
        }
      })();
    }
    await connection.flush();
    return 0;
  },
};
