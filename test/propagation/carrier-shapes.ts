/**
 * Every shape of carrier, as its library or service creates it. All have the same sender.
 */
import { Metadata } from "@grpc/grpc-js";
import { SENT, TRACEPARENT, TRACESTATE } from "./sent-spans.ts";

const bytes = (text: string): number[] => [...Buffer.from(text)];
const payload = (value: object): object => ({ metadata: {}, data: Buffer.from(JSON.stringify(value)) });

function metadata(): Metadata {
  const made = new Metadata();
  made.set("traceparent", TRACEPARENT);
  made.set("tracestate", TRACESTATE);
  return made;
}

const sqsAttributes = {
  traceparent: { DataType: "String", StringValue: TRACEPARENT },
  tracestate: { DataType: "String", StringValue: TRACESTATE },
};
const snsAttributes = {
  traceparent: { Type: "String", Value: TRACEPARENT },
  tracestate: { Type: "String", Value: TRACESTATE },
};
const sqsRecord = {
  messageId: "m",
  receiptHandle: "r",
  body: "{}",
  attributes: { ApproximateReceiveCount: "1" },
  messageAttributes: {
    traceparent: { stringValue: TRACEPARENT, dataType: "String" },
    tracestate: { stringValue: TRACESTATE, dataType: "String" },
  },
  eventSource: "aws:sqs",
};

export interface Shape {
  readonly name: string;
  readonly source: unknown;
  /** The carrier is a delivery from a queue. */
  readonly isDelivery?: true;
}

export const SHAPES: readonly Shape[] = [
  { name: "fetch Headers", source: new Headers(SENT) },
  { name: "a fetch Request, as of Cloudflare", source: new Request("http://a.test", { headers: SENT }) },
  { name: "a Map", source: new Map(Object.entries(SENT)) },
  { name: "IncomingHttpHeaders", source: { host: "a.test", "set-cookie": ["a=1"], ...SENT } },
  {
    name: "a Node request, also of an upgrade or of SSE",
    source: { method: "GET", url: "/", headers: SENT },
  },
  { name: "a record in another case", source: { Traceparent: TRACEPARENT, TRACESTATE } },
  {
    name: "a list of names and values, as fetch takes it",
    source: [
      ["host", "a.test"],
      ["Traceparent", TRACEPARENT],
      ["tracestate", TRACESTATE],
    ],
  },
  {
    name: "a list of names and values in what fetch takes as its second argument",
    source: { method: "POST", headers: Object.entries(SENT) },
  },
  {
    name: "a flat list of names and values in what Node's request takes",
    source: { method: "POST", headers: Object.entries(SENT).flat() },
  },
  {
    name: "a list of Kafka's headers in what has no value",
    source: { topic: "t", headers: [{ traceparent: Buffer.from(TRACEPARENT) }, { tracestate: TRACESTATE }] },
  },
  { name: "a record without a prototype", source: Object.assign(Object.create(null), SENT) },
  {
    name: "a Kafka message of Buffers",
    source: {
      key: null,
      value: Buffer.from("v"),
      offset: "1",
      headers: { traceparent: Buffer.from(TRACEPARENT), tracestate: Buffer.from(TRACESTATE) },
    },
    isDelivery: true,
  },
  {
    name: "a Kafka message with a header that repeats",
    source: {
      value: null,
      headers: { traceparent: [Buffer.from("old"), Buffer.from(TRACEPARENT)], tracestate: TRACESTATE },
    },
    isDelivery: true,
  },
  {
    name: "Kafka headers as a list",
    source: [{ traceparent: Buffer.from(TRACEPARENT) }, { tracestate: TRACESTATE }],
  },
  {
    name: "a Kafka record of Lambda",
    source: {
      eventSource: "aws:kafka",
      records: {
        "topic-0": [
          {
            topic: "topic",
            offset: 1,
            value: "dg==",
            headers: [{ traceparent: bytes(TRACEPARENT) }, { tracestate: bytes(TRACESTATE) }],
          },
        ],
      },
    },
    isDelivery: true,
  },
  {
    name: "an AMQP message",
    source: { fields: { deliveryTag: 1 }, properties: { headers: { retries: 2, ...SENT } }, content: "" },
    isDelivery: true,
  },
  {
    name: "an SQS message",
    source: { MessageId: "m", ReceiptHandle: "r", Body: "b", MessageAttributes: sqsAttributes },
    isDelivery: true,
  },
  { name: "an SQS record of Lambda", source: sqsRecord, isDelivery: true },
  { name: "a batch of one of Lambda", source: { Records: [sqsRecord] }, isDelivery: true },
  {
    name: "an SNS record of Lambda",
    source: {
      Records: [{ EventSource: "aws:sns", Sns: { Message: "m", MessageAttributes: snsAttributes } }],
    },
    isDelivery: true,
  },
  {
    name: "an SNS notification in an SQS body",
    source: {
      ReceiptHandle: "r",
      Body: JSON.stringify({ Type: "Notification", Message: "m", MessageAttributes: snsAttributes }),
    },
    isDelivery: true,
  },
  {
    name: "Redis Streams fields",
    source: ["booking", "42", "traceparent", TRACEPARENT, "tracestate", TRACESTATE],
  },
  {
    name: "a Redis Streams entry",
    source: ["1-0", ["booking", "42", "traceparent", Buffer.from(TRACEPARENT), "tracestate", TRACESTATE]],
    isDelivery: true,
  },
  {
    name: "an entry of node-redis",
    source: { id: "1-0", message: { booking: "42", ...SENT } },
    isDelivery: true,
  },
  {
    name: "a BullMQ job with an envelope",
    source: { id: "1", name: "book", data: { room: 7, _otel: SENT }, opts: { attempts: 3 } },
    isDelivery: true,
  },
  {
    name: "a BullMQ job with telemetry in its options",
    source: {
      id: "1",
      name: "book",
      data: { room: 7 },
      opts: { telemetry: { metadata: JSON.stringify(SENT) } },
    },
    isDelivery: true,
  },
  { name: "gRPC metadata", source: metadata() },
  { name: "a gRPC call", source: { request: {}, metadata: metadata() } },
  { name: "a WebSocket message", source: { type: "ask", _otel: SENT } },
  {
    name: "a socket.io socket with auth",
    source: { id: "s", handshake: { headers: { host: "a" }, auth: SENT, issued: 1 } },
  },
  { name: "a socket.io handshake with headers", source: { headers: SENT, auth: {}, issued: 1 } },
  {
    name: "an API Gateway v1 event",
    source: {
      resource: "/",
      requestContext: {},
      headers: { Traceparent: TRACEPARENT },
      multiValueHeaders: { Traceparent: [TRACEPARENT], Tracestate: [TRACESTATE] },
    },
  },
  {
    name: "an API Gateway v2 event",
    source: { version: "2.0", requestContext: { http: {} }, headers: SENT },
  },
  {
    name: "a load balancer's event",
    source: {
      requestContext: { elb: {} },
      multiValueHeaders: { traceparent: [TRACEPARENT], tracestate: [TRACESTATE] },
    },
  },
  {
    name: "a message of a Cloudflare Queue",
    source: { id: "m", attempts: 1, ack() {}, retry() {}, body: { room: 7, _otel: SENT } },
    isDelivery: true,
  },
  {
    name: "a Cloudflare batch of one",
    source: { queue: "q", messages: [{ id: "m", attempts: 1, ack() {}, retry() {}, body: { _otel: SENT } }] },
    isDelivery: true,
  },
  { name: "Temporal headers", source: { "_tracer-data": payload(SENT) } },
  { name: "a Temporal input", source: { args: [], headers: { "_tracer-data": payload(SENT) } } },
  { name: "an Inngest event", source: { name: "room/booked", data: { room: 7, _otel: SENT } } },
  { name: "environment variables", source: { PATH: "/bin", TRACEPARENT, TRACESTATE } },
  { name: "MCP parameters", source: { name: "tool", arguments: {}, _meta: { progressToken: 1, ...SENT } } },
  { name: "an MCP request", source: { method: "tools/call", params: { name: "tool", _meta: SENT } } },
];
