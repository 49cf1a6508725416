/**
 * Kafka message headers: a record of Buffers (kafkajs), or a list of one-entry records (node-rdkafka, confluent,
 * Lambda's MSK events, whose bytes are numbers). A header may repeat; Kafka's own rule is that the last one counts.
 */
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
