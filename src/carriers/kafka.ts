/**
 * Kafka message headers. In kafkajs they are a record of Buffers. In node-rdkafka, confluent and the MSK events of
 * Lambda they are a list of records with one entry each. The MSK events have bytes as numbers. A header may repeat.
 * Kafka's rule is to read the last one.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { filterInPlace, nestedAccess, namesOf, recordAccess } from "./record.ts";

export const kafkaAccess: CarrierAccess = {
  get: (carrier, key) => {
    if (!Array.isArray(carrier)) return lastOf(recordAccess.get(carrier, key));
    return recordAccess.get(
      carrier.findLast((entry) => recordAccess.get(entry, key) !== undefined),
      key,
    );
  },
  set: (carrier, key, value) => {
    if (!Array.isArray(carrier)) return recordAccess.set(carrier, key, value);
    kafkaAccess.remove(carrier, key);
    carrier.push({ [key]: value });
  },
  remove: (carrier, key) => {
    if (!Array.isArray(carrier)) return recordAccess.remove(carrier, key);
    filterInPlace(carrier, (entry) => recordAccess.get(entry, key) === undefined);
  },
  keys: (carrier) => (Array.isArray(carrier) ? carrier.flatMap(namesOf) : namesOf(carrier)),
};

/** The carrier is the headers. */
export const kafkaHeaders = carrierPair("kafka headers", kafkaAccess);

/**
 * The last value of a header that repeats. A list of numbers is not a repeated header but bytes, so it is one value.
 */
function lastOf(value: unknown): unknown {
  return Array.isArray(value) && typeof value[0] !== "number" ? value.at(-1) : value;
}

/** The carrier is a message that will be sent, or a received message. */
export const kafkaMessage = carrierPair("kafka message", nestedAccess("headers", kafkaAccess));

/** Names under which messages store their content, in lower case. */
const CONTENT_NAMES = new Set([
  "value",
  "body",
  "data",
  "payload",
  "message",
  "messagebody",
  "content",
  "text",
]);

/**
 * Whether a list is a list of headers. Each item must have exactly one property, which is text or bytes.
 *
 * A list of messages may look the same, for example `[{ value: "a" }, { value: "b" }]`. So the list does not count as
 * headers in two cases: several items have the same property name and no other, or all names are in `CONTENT_NAMES`.
 */
export function isKafkaHeaderList(source: unknown): boolean {
  if (!Array.isArray(source) || !source.every(isHeader)) return false;
  const names = new Set(source.flatMap(namesOf));
  const isRepeated = names.size === 1 && source.length > 1;
  return !isRepeated && [...names].some((name) => !CONTENT_NAMES.has(name.toLowerCase()));
}

function isHeader(entry: unknown): boolean {
  const [name, ...others] = Array.isArray(entry) ? [] : namesOf(entry);
  if (name === undefined || others.length > 0) return false;
  const value = asRecord(entry)?.[name];
  const isBytes = value instanceof Uint8Array || (Array.isArray(value) && typeof value[0] === "number");
  return isBytes || asRecord(value) === undefined;
}

/**
 * Whether it is a message as Kafka's clients and Lambda pass it to a consumer: an object with `headers` and `value`.
 */
export function isKafkaMessage(source: unknown): boolean {
  const message = asRecord(source);
  return isRecord(message?.headers) && "value" in message;
}

/** Whether it is the argument of kafkajs's `eachMessage`. */
export function isKafkaPayload(source: unknown): boolean {
  const { topic, partition, message } = asRecord(source) ?? {};
  return isString(topic) && partition !== undefined && isRecord(message) && "value" in message;
}

/** @returns the messages, if `source` is the argument of kafkajs's `eachBatch` */
export function messagesOfPayload(source: unknown): readonly unknown[] | undefined {
  const { topic, messages } = asRecord(asRecord(source)?.batch) ?? {};
  return isString(topic) && Array.isArray(messages) ? messages : undefined;
}
