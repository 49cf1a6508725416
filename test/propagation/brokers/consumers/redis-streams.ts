/** Takes bookings and payments from Redis Streams, as one consumer of a group. */
import { forwardOrigin } from "ai-spans/propagation";
import { Redis } from "ioredis";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { bookingOf } from "../booking.ts";
import { brokerAddress, handle } from "./handle.ts";

/** The answer of ioredis to `XREADGROUP`, which its types call unknown. */
type Streams = ReadonlyArray<readonly [stream: string, entries: ReadonlyArray<readonly [string, string[]]>]>;

const [GROUP, CONSUMER] = ["hotel", "one"];

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const reader = new Redis(brokerAddress());
    const writer = reader.duplicate();
    for (const stream of ["bookings", "payments"]) {
      await writer.xgroup("CREATE", stream, GROUP, "$", "MKSTREAM");
    }
    void (async () => {
      for (;;) {
        const read = reader.xreadgroup(
          ...(["GROUP", GROUP, CONSUMER, "BLOCK", 0, "STREAMS", "bookings", "payments", ">", ">"] as const),
        );
        const streams = (await read) as Streams;
        for (const [queue, entries] of streams) for (const entry of entries) await take(writer, queue, entry);
      }
    })();
    return 0;
  },
};

async function take(writer: Redis, queue: string, entry: Streams[number][1][number]): Promise<void> {
  const [id, [, text = ""]] = entry;
  await handle({ source: entry, queue, system: "redis", booking: bookingOf(text) }, async () =>
    writer.xadd("payments", "*", ...forwardOrigin(["booking", text])),
  );
  await writer.xack(queue, GROUP, id);
}
