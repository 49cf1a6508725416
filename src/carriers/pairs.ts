/**
 * Every getter and setter pair by its name, for a carrier whose shape the application knows.
 */
import { amqpMessage, amqpOptions } from "./amqp.ts";
import { bullmqJob, bullmqOptions } from "./bullmq.ts";
import { dataEnvelope, envelope, queueMessage } from "./envelope.ts";
import { environment } from "./environment.ts";
import { grpcMetadata } from "./grpc.ts";
import { headerTuples } from "./header-tuples.ts";
import { headers } from "./headers.ts";
import { kafkaHeaders, kafkaMessage } from "./kafka.ts";
import { lambdaContext, lambdaHttpEvent } from "./lambda.ts";
import { mcpParameters, mcpRequest } from "./mcp.ts";
import { messageAttributes, sqsMessage } from "./message-attributes.ts";
import { natsHeaders } from "./nats.ts";
import { record } from "./record.ts";
import { redisFields } from "./redis-stream.ts";
import { socketIoHandshake } from "./socket-io.ts";
import { temporalHeaders } from "./temporal.ts";

export const carriers = {
  /** `Headers`, `Map`, `URLSearchParams`. */
  headers,
  /** A list of names and values, as `fetch` takes it. */
  headerTuples,
  /** `IncomingHttpHeaders` and other plain records. */
  record,
  kafkaHeaders,
  /** Has, or is to have, `headers`. */
  kafkaMessage,
  /** A received message. */
  amqpMessage,
  /** What `publish` takes: has, or is to have, `headers`. */
  amqpOptions,
  /** The record of attributes of SQS or SNS. */
  messageAttributes,
  /** Has, or is to have, `MessageAttributes`. */
  sqsMessage,
  natsHeaders,
  /** A flat list of names and values. */
  redisFields,
  bullmqJob,
  /** The options of a job to be added. */
  bullmqOptions,
  grpcMetadata,
  /** An object that is sent as a message: it gets the property `_otel`. */
  envelope,
  /** Has such an object as `body`: a message of a Cloudflare Queue. */
  queueMessage,
  /** Has such an object as `data`: an event of Inngest. */
  dataEnvelope,
  /** A socket's handshake, or a client's options: `auth` is written. */
  socketIoHandshake,
  /** API Gateway v1 and v2, load balancers. */
  lambdaHttpEvent,
  /** The context of a handler of Lambda. Read only. */
  lambdaContext,
  temporalHeaders,
  /** Variables for, or of, a process. */
  environment,
  /** Parameters of a request: has, or is to have, `_meta`. */
  mcpParameters,
  /** A whole request. */
  mcpRequest,
} as const;
