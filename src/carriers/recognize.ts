/**
 * Recognizes which carrier a value of the application is or contains. A table lists the shapes, and special shapes come
 * before general ones. Only the properties that distinguish the shapes are read.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isRecord } from "../foundation/structure.ts";
import { amqpMessage } from "./amqp.ts";
import { bullmqJob, bullmqOptions, hasBullmqMetadata, isBullmqJob } from "./bullmq.ts";
import { bindCarrier, type BoundCarrier, type CarrierPair } from "./carrier.ts";
import { dataEnvelope, envelope, hasEnvelope, queueMessage } from "./envelope.ts";
import { environment, isEnvironment } from "./environment.ts";
import { grpcMetadata, isGrpcMetadata } from "./grpc.ts";
import { headerTuples, isHeaderTuples } from "./header-tuples.ts";
import { hasMethods, headers } from "./headers.ts";
import {
  isKafkaHeaderList,
  isKafkaMessage,
  isKafkaPayload,
  kafkaHeaders,
  kafkaMessage,
  messagesOfPayload,
} from "./kafka.ts";
import { isLambdaContext, isLambdaHttpEvent, lambdaContext, lambdaHttpEvent } from "./lambda.ts";
import { hasMcpMeta, hasRequestInfo, mcpParameters, mcpRequest } from "./mcp.ts";
import { isSqsMessage, sqsMessage } from "./message-attributes.ts";
import { isNatsHeaders, isNatsMessage, natsHeaders } from "./nats.ts";
import { record, TRACE_FIELDS } from "./record.ts";
import { isRedisFields, redisEntryFields, redisFields } from "./redis-stream.ts";
import { isSocketIoHandshake, socketIoHandshake } from "./socket-io.ts";
import { isTemporalHeaders, temporalHeaders } from "./temporal.ts";

type Shape = readonly [
  matches: (source: unknown) => boolean,
  pair: CarrierPair,
  options?: {
    /** Whether a queue delivered the source. */
    readonly isDelivery?: true;
    /** Returns the part of the source that is the carrier. Absent if the source itself is the carrier. */
    readonly carrierIn?: (source: unknown) => unknown;
  },
];

const delivery = { isDelivery: true } as const;
const property = (name: string) => (source: unknown) => asRecord(source)?.[name];
const has =
  (name: string, matches: (value: unknown) => boolean = isRecord) =>
  (source: unknown): boolean =>
    matches(asRecord(source)?.[name]);
const isHeaders = (source: unknown): boolean => hasMethods(source, "get", "set", "has", "keys");

const SHAPES: readonly Shape[] = [
  [isGrpcMetadata, grpcMetadata],
  [isNatsHeaders, natsHeaders],
  [isHeaders, headers],
  [
    (source) => redisEntryFields(source) !== undefined,
    redisFields,
    { ...delivery, carrierIn: redisEntryFields },
  ],
  [isHeaderTuples, headerTuples],
  [isRedisFields, redisFields],
  [isKafkaHeaderList, kafkaHeaders],
  [isAmqpMessage, amqpMessage, delivery],
  [isSqsMessage, sqsMessage, delivery],
  [isSocketIoHandshake, socketIoHandshake],
  [has("handshake", isSocketIoHandshake), socketIoHandshake, { carrierIn: property("handshake") }],
  [hasMcpMeta, mcpParameters],
  [has("params", hasMcpMeta), mcpRequest],
  [hasRequestInfo, mcpParameters],
  [isLambdaHttpEvent, lambdaHttpEvent],
  [isLambdaContext, lambdaContext],
  [has("metadata", isGrpcMetadata), grpcMetadata, { carrierIn: property("metadata") }],
  [has("headers", isNatsHeaders), natsHeaders, { ...delivery, carrierIn: property("headers") }],
  [isNatsMessage, natsHeaders, { ...delivery, carrierIn: property("headers") }],
  [has("headers", isHeaders), headers, { carrierIn: property("headers") }],
  [has("headers", isTemporalHeaders), temporalHeaders, { carrierIn: property("headers") }],
  [has("headers", isHeaderTuples), headerTuples, { carrierIn: property("headers") }],
  [isKafkaMessage, kafkaMessage, delivery],
  [isKafkaPayload, kafkaMessage, { ...delivery, carrierIn: property("message") }],
  [has("headers", isRedisFields), redisFields, { carrierIn: property("headers") }],
  [has("headers", isKafkaHeaderList), kafkaHeaders, { carrierIn: property("headers") }],
  [has("headers", isNonListObject), record, { carrierIn: property("headers") }],
  [hasEnvelope, envelope],
  [isBullmqJob, bullmqJob, delivery],
  [hasBullmqMetadata, bullmqOptions],
  [has("body", hasEnvelope), queueMessage, delivery],
  [isQueueMessage, queueMessage, delivery],
  [has("data", hasEnvelope), dataEnvelope],
  [isRedisMessage, record, { ...delivery, carrierIn: property("message") }],
  [isTemporalHeaders, temporalHeaders],
  [isEnvironment, environment],
  [isPlainRecord, record],
];

/** Whether it is a record of no other shape. Most such records are headers. */
function isPlainRecord(source: unknown): boolean {
  return isNonListObject(source) && !has("headers", Array.isArray)(source);
}

/**
 * Whether it is an object but no list. A list without a known shape may have messages, rows or headers, so it is not
 * recognized.
 */
function isNonListObject(source: unknown): boolean {
  return isRecord(source) && !Array.isArray(source);
}

/** Whether a source is or contains a list that may be a list of messages. Nothing may be written to such a list. */
export function isList(source: unknown): boolean {
  const isFound = contain("carrier", () => {
    const { headers: headerList, messages, Messages, Records, records } = asRecord(source) ?? {};
    return [source, headerList, messages, Messages, Records, records].some(Array.isArray);
  });
  return isFound ?? false;
}

function isAmqpMessage(source: unknown): boolean {
  const message = asRecord(source);
  return isRecord(message?.properties) && (isRecord(message.fields) || isRecord(message.properties.headers));
}

/** Whether it is a message of a Cloudflare Queue, with or without a trace context. */
function isQueueMessage(source: unknown): boolean {
  return hasMethods(source, "ack", "retry") && isRecord(asRecord(source)?.body);
}

/** Whether it is an entry of a stream as node-redis returns it. */
function isRedisMessage(source: unknown): boolean {
  const entry = asRecord(source);
  return isRecord(entry?.message) && typeof entry.id === "string";
}

/**
 * Finds the carrier that `source` is or contains: the headers, attributes, metadata or envelope of a request or
 * message. For a batch with one message, finds the carrier of that message. A batch with several messages has no single
 * carrier. Never throws.
 *
 * @returns `undefined` for a primitive, for a batch with several messages, and for an object that cannot be read
 *
 * @example
 * const carrier = carrierFor(message);
 * const traceparent = carrier?.getter.get(carrier.carrier, "traceparent");
 */
export function carrierFor(source: unknown): BoundCarrier | undefined {
  const [first, second] = eachCarrierIn(source);
  return second ? undefined : first;
}

/**
 * Finds the carriers of all messages of a batch. For any other source, finds its one carrier. Messages that cannot be
 * read are left out. Never throws.
 *
 * @example
 * for (const { carrier, getter } of carriersIn(event)) console.log(getter.get(carrier, "traceparent"));
 */
export function carriersIn(source: unknown): readonly BoundCarrier[] {
  return [...eachCarrierIn(source)];
}

/**
 * Finds the same carriers as `carriersIn`, but one by one. A message is read only when the caller asks for its carrier.
 */
export function* eachCarrierIn(source: unknown): Generator<BoundCarrier> {
  for (const list of contain("carrier", () => batchOf(source)) ?? [[source]]) {
    const length = contain("carrier", () => list.length) ?? 0;
    // The list is read by index, because its iterator may run code of the application.
    for (let index = 0; index < length; index += 1) {
      const found = contain("carrier", () => recognize(list[index]));
      if (found) yield found;
    }
  }
}

/**
 * Finds the messages of a batch. A batch is an event of SQS, SNS or Kafka in Lambda, or a batch of a Cloudflare Queue.
 * It may also be a list of messages that a broker's client returns.
 *
 * @returns the lists of messages; `undefined` for a source that is no batch
 */
function batchOf(source: unknown): readonly (readonly unknown[])[] | undefined {
  const batch = asRecord(source);
  if (Array.isArray(batch?.Records)) return [batch.Records];
  const polled = messagesOfPayload(source);
  if (polled) return [polled];
  if (Array.isArray(batch?.messages) && "queue" in batch) return [batch.messages];
  if (isRecord(batch?.records) && "eventSource" in batch) {
    return Object.values(batch.records).map((list: unknown) => (Array.isArray(list) ? list : [list]));
  }
  // The list is `messages` (Kafka, node-redis), `Messages` (SQS) or the source itself.
  const list = [batch?.messages, batch?.Messages, source].find(isListOfDeliveries);
  return list && [list];
}

/**
 * Whether it is a list of delivered messages. Only the first entry is checked, because the list may be as long as its
 * sender likes.
 */
function isListOfDeliveries(list: unknown): list is readonly unknown[] {
  return Array.isArray(list) && recognize(list[0])?.isDelivery === true;
}

/**
 * Whether a source without a trace context has a shape that can carry one. The shape is in the table, or it is a record
 * that contains no record, as headers are. Never throws.
 */
export function hasKnownShape(source: unknown): boolean {
  const isKnownShape = contain("carrier", () => {
    if (batchOf(source)) return true;
    const matches = SHAPES.find(([isOfShape]) => isOfShape(source))?.[0];
    if (matches !== isPlainRecord) return matches !== undefined;
    const fields = asRecord(source) ?? {};
    return TRACE_FIELDS.some((name) => name in fields) || !Object.values(fields).some(isNonListObject);
  });
  // A failure was reported already. The caller warns if this returns `false`, and a second warning is not needed.
  return isKnownShape ?? true;
}

function recognize(source: unknown): BoundCarrier | undefined {
  const shape = SHAPES.find(([matches]) => matches(source));
  if (shape === undefined) return undefined;
  const [, pair, { isDelivery = false, carrierIn } = {}] = shape;
  return bindCarrier(carrierIn ? carrierIn(source) : source, pair, isDelivery);
}
