/**
 * AMQP 0-9-1. The carrier is a table of headers: that of a received message (`properties.headers`) or of publish
 * options (`headers`). A value in the table may have any AMQP type. Only text and bytes are read.
 */
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const optionsAccess = nestedAccess("headers", recordAccess);

/** The carrier is the last argument of amqplib's `publish`, or a message's `properties`. */
export const amqpOptions = carrierPair("amqp options", optionsAccess);

/** The carrier is a received message. */
export const amqpMessage = carrierPair("amqp message", nestedAccess("properties", optionsAccess));
