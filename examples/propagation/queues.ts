// A queue between two services. The sender's span has the kind PRODUCER. The receiver starts a new trace that links to
// it. The array replaces a broker; the message has the form of Kafka's.
import { trace } from "@opentelemetry/api";
import { carriers, withLinkedTrace, withProducerSpan } from "ai-spans/propagation";
import { runHotelAgent } from "./agent.ts";
import { printTraces, startTelemetry } from "./telemetry.ts";

interface Message {
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

startTelemetry();
const topic: Message[] = [];

async function send(message: Message): Promise<void> {
  // The message has no headers yet, so its shape is named.
  const options = { name: "send bookings", carrier: message, as: carriers.kafkaMessage };
  await withProducerSpan(options, async () => topic.push(message));
}

async function receive(message: Message): Promise<void> {
  await withLinkedTrace(
    { source: message, name: "process bookings", attributes: { "messaging.system": "kafka" } },
    runHotelAgent,
  );
}

await trace.getTracer("application").startActiveSpan("request", async (request) => {
  await send({ value: "room 7" });
  request.end();
});
for (const message of topic) await receive(message);
printTraces("messaging.system");
