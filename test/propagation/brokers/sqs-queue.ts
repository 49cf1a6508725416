/** The client of the SQS emulator, for both sides of the tests. */
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";

export function sqsClient(endpoint: string): SQSClient {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new SQSClient({ endpoint, region: "us-east-1", credentials });
}

/** Returns the URL of the queue, and creates the queue if it is missing. */
export async function queueUrl(client: SQSClient, queue: string): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: queue }));
  if (QueueUrl === undefined) throw new Error(`no queue ${queue}`);
  return QueueUrl;
}
