/** Takes bookings and payments from SQS. */
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { carriers, forwardOrigin } from "ai-spans/propagation";
import type { Service } from "../../services/main.ts";
import { registerTelemetry } from "../../services/telemetry.ts";
import { bookingOf } from "../booking.ts";
import { queueUrl, sqsClient } from "../sqs-queue.ts";
import { brokerAddress, handle } from "./handle.ts";

export const service: Service = {
  start: async () => {
    registerTelemetry();
    const client = sqsClient(brokerAddress());
    for (const queue of ["bookings", "payments"]) void poll(client, queue, await queueUrl(client, queue));
    return 0;
  },
};

async function poll(client: SQSClient, queue: string, url: string): Promise<never> {
  const input = { QueueUrl: url, MessageAttributeNames: ["All"], WaitTimeSeconds: 20 };
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
    for (const message of Messages) {
      await take(client, queue, message);
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
    }
  }
}

async function take(client: SQSClient, queue: string, message: Message): Promise<void> {
  const { Body = "" } = message;
  await handle({ source: message, queue, system: "aws_sqs", booking: bookingOf(Body) }, async () => {
    const payment = { QueueUrl: await queueUrl(client, "payments"), MessageBody: Body };
    await client.send(new SendMessageCommand(forwardOrigin(payment, { as: carriers.sqsMessage })));
  });
}
