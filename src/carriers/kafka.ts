/**
 * Kafka message headers: a record of Buffers (kafkajs), or a list of one-entry records (node-rdkafka, confluent,
 * Lambda's MSK events, whose bytes are numbers). A header may repeat; Kafka's own rule is that the last one counts.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { keepOnly, nestedAccess, ownNames, recordAccess } from "./record.ts";

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
    keepOnly(carrier, (entry) => recordAccess.get(entry, key) === undefined);
  },
  keys: (carrier) => (Array.isArray(carrier) ? carrier.flatMap(ownNames) : ownNames(carrier)),
};

/** Takes the headers themselves. */
export const kafkaHeaders = carrierPair("kafka headers", kafkaAccess);

/** A list of bytes is one value, a list of anything else is a header that repeats. */
function lastOf(value: unknown): unknown {
  return Array.isArray(value) && typeof value[0] !== "number" ? value.at(-1) : value;
}

/** Takes the message, to be sent or received. */
export const kafkaMessage = carrierPair("kafka message", nestedAccess("headers", kafkaAccess));

/** Under what name a message keeps its content; in lower case. */
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
 * Whether a list is one of headers: records of one entry each, which is text or bytes. Messages may be such records, too:
 * all of theirs have the same name, or one that is used for content.
 */
export function isKafkaHeaderList(source: unknown): boolean {
  if (!Array.isArray(source) || !source.every(isHeader)) return false;
  const names = new Set(source.flatMap(ownNames));
  const isRepeated = names.size === 1 && source.length > 1;
  return !isRepeated && [...names].some((name) => !CONTENT_NAMES.has(name.toLowerCase()));
}

function isHeader(entry: unknown): boolean {
  const [name, ...others] = Array.isArray(entry) ? [] : ownNames(entry);
  if (name === undefined || others.length > 0) return false;
  const value = asRecord(entry)?.[name];
  const isBytes = value instanceof Uint8Array || (Array.isArray(value) && typeof value[0] === "number");
  return isBytes || asRecord(value) === undefined;
}

/** What Kafka's clients give a consumer, and Lambda of it: headers beside a value that has an offset. */
export function isKafkaMessage(source: unknown): boolean {
  const message = asRecord(source);
  return isRecord(message?.headers) && "value" in message;
}

/** What kafkajs calls `eachMessage` with. */
export function isKafkaPayload(source: unknown): boolean {
  const { topic, partition, message } = asRecord(source) ?? {};
  return isString(topic) && partition !== undefined && isRecord(message) && "value" in message;
}

/** The messages of what kafkajs calls `eachBatch` with. */
export function messagesOfPayload(source: unknown): readonly unknown[] | undefined {
  const { topic, messages } = asRecord(asRecord(source)?.batch) ?? {};
  return isString(topic) && Array.isArray(messages) ? messages : undefined;
}
