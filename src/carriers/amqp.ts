/**
 * AMQP 0-9-1: the header table of a received message (`properties.headers`) and of publish options (`headers`). Table
 * values may be of any AMQP type; text is read, the rest is not ours.
 */
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const optionsAccess = nestedAccess("headers", recordAccess);

/** Takes what amqplib's `publish` takes last, or a message's `properties`. */
export const amqpOptions = carrierPair("amqp options", optionsAccess);

/** Takes a received message. */
export const amqpMessage = carrierPair("amqp message", nestedAccess("properties", optionsAccess));
