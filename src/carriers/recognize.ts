/**
 * Which carrier a value of the application is, or has. A table of shapes, the particular before the general; reads
 * the few properties that tell them apart and nothing else.
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
    /** Came by a queue. */
    readonly isDelivery?: true;
    /** Where the carrier lies in the source; default: it is the source. */
    readonly at?: (source: unknown) => unknown;
  },
];

const delivery = { isDelivery: true } as const;
const under = (name: string) => (source: unknown) => asRecord(source)?.[name];
const has =
  (name: string, matches: (value: unknown) => boolean = isRecord) =>
  (source: unknown): boolean =>
    matches(asRecord(source)?.[name]);
const isHeaders = (source: unknown): boolean => hasMethods(source, "get", "set", "has", "keys");

const SHAPES: readonly Shape[] = [
  [isGrpcMetadata, grpcMetadata],
  [isNatsHeaders, natsHeaders],
  [isHeaders, headers],
  [(source) => redisEntryFields(source) !== undefined, redisFields, { ...delivery, at: redisEntryFields }],
  [isHeaderTuples, headerTuples],
  [isRedisFields, redisFields],
  [isKafkaHeaderList, kafkaHeaders],
  [isAmqpMessage, amqpMessage, delivery],
  [isSqsMessage, sqsMessage, delivery],
  [isSocketIoHandshake, socketIoHandshake],
  [has("handshake", isSocketIoHandshake), socketIoHandshake, { at: under("handshake") }],
  [hasMcpMeta, mcpParameters],
  [has("params", hasMcpMeta), mcpRequest],
  [hasRequestInfo, mcpParameters],
  [isLambdaHttpEvent, lambdaHttpEvent],
  [isLambdaContext, lambdaContext],
  [has("metadata", isGrpcMetadata), grpcMetadata, { at: under("metadata") }],
  [has("headers", isNatsHeaders), natsHeaders, { ...delivery, at: under("headers") }],
  [isNatsMessage, natsHeaders, { ...delivery, at: under("headers") }],
  [has("headers", isHeaders), headers, { at: under("headers") }],
  [has("headers", isTemporalHeaders), temporalHeaders, { at: under("headers") }],
  [has("headers", isHeaderTuples), headerTuples, { at: under("headers") }],
  [isKafkaMessage, kafkaMessage, delivery],
  [isKafkaPayload, kafkaMessage, { ...delivery, at: under("message") }],
  [has("headers", isRedisFields), redisFields, { at: under("headers") }],
  [has("headers", isKafkaHeaderList), kafkaHeaders, { at: under("headers") }],
  [has("headers", isNoList), record, { at: under("headers") }],
  [hasEnvelope, envelope],
  [isBullmqJob, bullmqJob, delivery],
  [hasBullmqMetadata, bullmqOptions],
  [has("body", hasEnvelope), queueMessage, delivery],
  [isQueueMessage, queueMessage, delivery],
  [has("data", hasEnvelope), dataEnvelope],
  [isRedisMessage, record, { ...delivery, at: under("message") }],
  [isTemporalHeaders, temporalHeaders],
  [isEnvironment, environment],
  [isPlainRecord, record],
];

/** Anything else: most are headers. */
function isPlainRecord(source: unknown): boolean {
  return isNoList(source) && !has("headers", Array.isArray)(source);
}

/** A list that has no shape of the table may be one of anything: messages, rows, headers to come. */
function isNoList(source: unknown): boolean {
  return isRecord(source) && !Array.isArray(source);
}

/** Whether a source is, or has, a list that may be one of messages, so that nobody can write headers into it. */
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

/** A message of a Cloudflare Queue, whether or not it carries anything. */
function isQueueMessage(source: unknown): boolean {
  return hasMethods(source, "ack", "retry") && isRecord(asRecord(source)?.body);
}

/** A stream entry of node-redis. */
function isRedisMessage(source: unknown): boolean {
  const entry = asRecord(source);
  return isRecord(entry?.message) && typeof entry.id === "string";
}

/**
 * The carrier that `source` is, or has: a request's or message's headers, attributes, metadata, envelope. A batch of
 * one is its message; a batch of several has no single carrier.
 *
 * @returns `undefined` for what is no object, a batch of several, or an object that cannot be read. Never throws
 */
export function carrierFor(source: unknown): BoundCarrier | undefined {
  const [first, second] = eachCarrierIn(source);
  return second ? undefined : first;
}

/** The carriers of a batch, or the one of anything else. Never throws */
export function carriersIn(source: unknown): readonly BoundCarrier[] {
  return [...eachCarrierIn(source)];
}

/** The same one by one: a message is looked at when its turn comes. One that cannot be read is left out. */
export function* eachCarrierIn(source: unknown): Generator<BoundCarrier> {
  for (const list of contain("carrier", () => batchOf(source)) ?? [[source]]) {
    const length = contain("carrier", () => list.length) ?? 0;
    // By index: a list may have an iterator of its own.
    for (let index = 0; index < length; index += 1) {
      const found = contain("carrier", () => recognize(list[index]));
      if (found) yield found;
    }
  }
}

/**
 * Lambda's batches of SQS, SNS, Kafka; Cloudflare's of a Queue; lists of messages as the clients of brokers give them.
 *
 * @returns the lists that a batch has
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
  // Kafka's and node-redis's word, that of SQS, and the bare list.
  const list = [batch?.messages, batch?.Messages, source].find(isListOfDeliveries);
  return list && [list];
}

/** The first tells: a list of headers may be as long as its sender likes. */
function isListOfDeliveries(list: unknown): list is readonly unknown[] {
  return Array.isArray(list) && recognize(list[0])?.isDelivery === true;
}

/**
 * Whether a source that carries nothing may have been made to carry something: it has a shape of the table, or it is a
 * record without another one in it, as headers are. Never throws
 */
export function isRecognized(source: unknown): boolean {
  const isKnown = contain("carrier", () => {
    if (batchOf(source)) return true;
    const matches = SHAPES.find(([isOfShape]) => isOfShape(source))?.[0];
    if (matches !== isPlainRecord) return matches !== undefined;
    const fields = asRecord(source) ?? {};
    return TRACE_FIELDS.some((name) => name in fields) || !Object.values(fields).some(isNoList);
  });
  // One that throws has been reported.
  return isKnown ?? true;
}

function recognize(source: unknown): BoundCarrier | undefined {
  const shape = SHAPES.find(([matches]) => matches(source));
  if (shape === undefined) return undefined;
  const [, pair, { isDelivery = false, at } = {}] = shape;
  return bindCarrier(at ? at(source) : source, pair, isDelivery);
}
