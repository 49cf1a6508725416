/**
 * SQS and SNS message attributes, as they are sent, received, handed to Lambda, and wrapped by SNS into an SQS body.
 * Never makes an eleventh: SQS refuses the whole message then.
 */
import { report } from "../foundation/containment.ts";
import { asRecord, isRecord, isString, type UnknownRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { nestedAccess, ownNames, recordAccess, setProperty } from "./record.ts";

const MAXIMUM_ATTRIBUTES = 10;
/** The largest message SQS takes (1 MiB), so that no larger text is parsed. */
const MAXIMUM_BODY_LENGTH = 1_048_576;
/** The system attribute that SQS keeps the X-Ray header in. It is none of the ten, and X-Ray reads no other. */
const TRACE_HEADER_ATTRIBUTE = "AWSTraceHeader";
const TRACE_HEADER = "x-amzn-trace-id";

const attributesAccess: CarrierAccess = {
  get: (carrier, key) => {
    const attribute = asRecord(recordAccess.get(carrier, key));
    return attribute && (attribute.StringValue ?? attribute.stringValue ?? attribute.Value);
  },
  set: (carrier, key, value) => {
    recordAccess.remove(carrier, key);
    if (ownNames(carrier).length >= MAXIMUM_ATTRIBUTES) report("ten message attributes are taken", carrier);
    else setProperty(carrier, key, { DataType: "String", StringValue: value });
  },
  remove: recordAccess.remove,
  keys: ownNames,
};

/** Takes the record of attributes itself. */
export const messageAttributes = carrierPair("message attributes", attributesAccess);

const sentAccess = nestedAccess("MessageAttributes", attributesAccess);

/** Of a message to be sent to SQS: one field, under the name of the system attribute. */
const systemAccess = nestedAccess("MessageSystemAttributes", {
  ...attributesAccess,
  set: (carrier, _key, value) => attributesAccess.set(carrier, TRACE_HEADER_ATTRIBUTE, value),
  remove: (carrier) => attributesAccess.remove(carrier, TRACE_HEADER_ATTRIBUTE),
});

/** SNS takes no system attributes. */
function isSnsInput(carrier: unknown): boolean {
  const { MessageBody, Message, TopicArn, TargetArn, PhoneNumber } = asRecord(carrier) ?? {};
  return MessageBody === undefined && [Message, TopicArn, TargetArn, PhoneNumber].some(isString);
}

/** Takes an SQS or SNS message or command input, a record of a Lambda event included. */
export const sqsMessage = carrierPair("sqs message", {
  ...sentAccess,
  set: (carrier, key, value) =>
    (key === TRACE_HEADER && !isSnsInput(carrier) ? systemAccess : sentAccess).set(carrier, key, value),
  remove: (carrier, key) => {
    sentAccess.remove(carrier, key);
    if (key === TRACE_HEADER) systemAccess.remove(carrier, key);
  },
  get: (carrier, key) => {
    for (const attributes of attributesIn(carrier)) {
      const value = attributesAccess.get(attributes, key);
      if (value !== undefined) return value;
    }
    return key === TRACE_HEADER ? systemTraceHeader(carrier) : undefined;
  },
  keys: (carrier) => {
    const names = attributesIn(carrier).flatMap(ownNames);
    return systemTraceHeader(carrier) === undefined ? names : [...names, TRACE_HEADER];
  },
});

/** Those of the message itself, of the notification that a Lambda record is, of the one in a body. */
function attributesIn(carrier: unknown): readonly unknown[] {
  const message = asRecord(carrier);
  if (message === undefined) return [];
  const { MessageAttributes, messageAttributes: received, Sns } = message;
  const wrapped = [asRecord(Sns)?.MessageAttributes, attributesInBody(message)];
  return [MessageAttributes, received, ...wrapped].filter(isRecord);
}

function systemTraceHeader(carrier: unknown): unknown {
  const message = asRecord(carrier);
  const received = asRecord(message?.Attributes ?? message?.attributes)?.[TRACE_HEADER_ATTRIBUTE];
  const sent = asRecord(message?.MessageSystemAttributes)?.[TRACE_HEADER_ATTRIBUTE];
  return received ?? asRecord(sent)?.StringValue;
}

/** The attributes that a message's body was found to have, so that no body is parsed for each field again. */
const wrappedAttributes = new WeakMap<object, { readonly attributes: unknown }>();

function attributesInBody(message: UnknownRecord): unknown {
  const found = wrappedAttributes.get(message) ?? {
    attributes: asRecord(notificationIn(message.Body ?? message.body))?.MessageAttributes,
  };
  wrappedAttributes.set(message, found);
  return found.attributes;
}

/** An SNS notification that a queue got without raw delivery; only its attributes are looked at. */
function notificationIn(body: unknown): unknown {
  if (!isString(body) || body.length > MAXIMUM_BODY_LENGTH) return undefined;
  if (!body.startsWith("{") || !body.includes('"MessageAttributes"')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    // Not JSON: no notification.
    return undefined;
  }
}

export function isSqsMessage(source: unknown): boolean {
  const message = asRecord(source);
  if (message === undefined) return false;
  const { MessageAttributes, messageAttributes: received, Sns, ReceiptHandle, receiptHandle } = message;
  return (
    [MessageAttributes, received, Sns].some(isRecord) ||
    isString(ReceiptHandle ?? receiptHandle) ||
    (isString(message.QueueUrl) && isString(message.MessageBody)) ||
    (isString(message.TopicArn ?? message.TargetArn) && isString(message.Message)) ||
    systemTraceHeader(source) !== undefined ||
    isRecord(attributesInBody(message))
  );
}
