/**
 * All carrier pairs by name. An application uses them if it knows the shape of its carrier.
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

/**
 * All carrier pairs by name. Pass one as the option `as` if the shape of a carrier is not recognized, or pass it to a
 * propagator. None of their functions throws.
 *
 * @example
 * injectContext(message, { as: carriers.kafkaMessage });
 */
export const carriers = {
  /** `Headers`, `Map`, `URLSearchParams`. */
  headers,
  /** A list of `[name, value]` tuples, as `fetch` takes it. */
  headerTuples,
  /** `IncomingHttpHeaders` and other plain records. */
  record,
  /** A record of names and values, or a list of records with one entry each. */
  kafkaHeaders,
  /** A message to be sent or received. Its fields are in `headers`, which a write creates. */
  kafkaMessage,
  /** A received message. Its fields are in `properties.headers`. */
  amqpMessage,
  /** The options of `publish`. Their fields are in `headers`, which a write creates. */
  amqpOptions,
  /** The record of message attributes of SQS or SNS. */
  messageAttributes,
  /** A message, or the input of a send command. Its fields are in `MessageAttributes`, which a write creates. */
  sqsMessage,
  /** `MsgHdrs`. */
  natsHeaders,
  /** A flat list of names and values: the fields of an `XADD`. */
  redisFields,
  /** A job. Its fields are in `data._otel`, which a write creates. */
  bullmqJob,
  /** The options of a job that the application is about to add. */
  bullmqOptions,
  /** `Metadata` of `@grpc/grpc-js`. */
  grpcMetadata,
  /** An object that is sent as a message. Its fields are in the property `_otel`, which a write creates. */
  envelope,
  /** An object with an envelope as its `body`: a message of a Cloudflare Queue. */
  queueMessage,
  /** An object with an envelope as its `data`: an event of Inngest. */
  dataEnvelope,
  /** A socket's `handshake`, or a client's options. Writes go to `auth`. */
  socketIoHandshake,
  /** An HTTP event of API Gateway v1 or v2, or of a load balancer. */
  lambdaHttpEvent,
  /** The context of a Lambda handler. Read only: a write does nothing. */
  lambdaContext,
  /** The headers in the input of a Temporal interceptor. */
  temporalHeaders,
  /** Environment variables: of this process to read, a copy for a child process to write. */
  environment,
  /** The parameters of a request. Their fields are in `_meta`, which a write creates. */
  mcpParameters,
  /** A whole request, with its parameters under `params`. */
  mcpRequest,
} as const;
