/**
 * Messages that are objects without headers: WebSocket messages, queue bodies, job data. The trace context is stored in
 * one extra property, `_otel`. So it overwrites no field of the message.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

/** The property of a message that holds its trace context. */
export const ENVELOPE_KEY = "_otel";

export const envelopeAccess = nestedAccess(ENVELOPE_KEY, recordAccess);

/** The carrier is the message. */
export const envelope = carrierPair("envelope", envelopeAccess);

/** The carrier is an object that has the message as its `body`: a message of a Cloudflare Queue. */
export const queueMessage = carrierPair("queue message", nestedAccess("body", envelopeAccess));

/** The carrier is an object that has the message as its `data`: an event of Inngest. */
export const dataEnvelope = carrierPair("data envelope", nestedAccess("data", envelopeAccess));

export function hasEnvelope(source: unknown): boolean {
  return isRecord(asRecord(source)?.[ENVELOPE_KEY]);
}
