/**
 * Message attributes of SQS and SNS. The message may be sent, received, passed to Lambda, or wrapped by SNS in the body
 * of an SQS message. An eleventh attribute is never written, because SQS would refuse the whole message.
 */
import { report } from "../foundation/containment.ts";
import { asRecord, isRecord, isString, type UnknownRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { nestedAccess, namesOf, recordAccess, setProperty } from "./record.ts";

const MAXIMUM_ATTRIBUTES = 10;
/** The largest message of SQS (1 MiB). A longer text is not parsed. */
const MAXIMUM_BODY_LENGTH = 1_048_576;
/**
 * The system attribute in which SQS stores the X-Ray header. It does not count among the ten attributes, and X-Ray
 * reads only this one.
 */
const TRACE_HEADER_ATTRIBUTE = "AWSTraceHeader";
const TRACE_HEADER = "x-amzn-trace-id";

const attributesAccess: CarrierAccess = {
  get: (carrier, key) => {
    const attribute = asRecord(recordAccess.get(carrier, key));
    return attribute && (attribute.StringValue ?? attribute.stringValue ?? attribute.Value);
  },
  set: (carrier, key, value) => {
    recordAccess.remove(carrier, key);
    if (namesOf(carrier).length >= MAXIMUM_ATTRIBUTES) report("ten message attributes are taken", carrier);
    else setProperty(carrier, key, { DataType: "String", StringValue: value });
  },
  remove: recordAccess.remove,
  keys: namesOf,
};

/** The carrier is the record of attributes. */
export const messageAttributes = carrierPair("message attributes", attributesAccess);

const sentAccess = nestedAccess("MessageAttributes", attributesAccess);

/** The system attributes of a message that will be sent to SQS. They have one field, the X-Ray header. */
const systemAccess = nestedAccess("MessageSystemAttributes", {
  ...attributesAccess,
  set: (carrier, _key, value) => attributesAccess.set(carrier, TRACE_HEADER_ATTRIBUTE, value),
  remove: (carrier) => attributesAccess.remove(carrier, TRACE_HEADER_ATTRIBUTE),
});

/** Whether the message goes to SNS, which has no system attributes. */
function isSnsInput(carrier: unknown): boolean {
  const { MessageBody, Message, TopicArn, TargetArn, PhoneNumber } = asRecord(carrier) ?? {};
  return MessageBody === undefined && [Message, TopicArn, TargetArn, PhoneNumber].some(isString);
}

/** The carrier is an SQS or SNS message, the input of a command that sends one, or a record of a Lambda event. */
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
    const names = attributesIn(carrier).flatMap(namesOf);
    return systemTraceHeader(carrier) === undefined ? names : [...names, TRACE_HEADER];
  },
});

/**
 * All attributes, in the order in which they are read: those of the message, of the SNS notification in a Lambda
 * record, and of the SNS notification in the body.
 */
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

/** By message: the attributes in its body. Cached, so that the body is not parsed again for each field. */
const bodyAttributes = new WeakMap<object, { readonly attributes: unknown }>();

function attributesInBody(message: UnknownRecord): unknown {
  const found = bodyAttributes.get(message) ?? {
    attributes: asRecord(notificationIn(message.Body ?? message.body))?.MessageAttributes,
  };
  bodyAttributes.set(message, found);
  return found.attributes;
}

/**
 * The SNS notification in a message's body. SNS puts it there unless the subscription has raw delivery. Only its
 * attributes are read.
 */
function notificationIn(body: unknown): unknown {
  if (!isString(body) || body.length > MAXIMUM_BODY_LENGTH) return undefined;
  if (!body.startsWith("{") || !body.includes('"MessageAttributes"')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    // A body that is not JSON is no notification.
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
