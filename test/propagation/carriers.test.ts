/**
 * Carriers of every shape are recognized, read and written by the rules of the shape for types and upper case.
 *
 * Holds: carriers.
 */
import { Metadata } from "@grpc/grpc-js";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import { propagation, ROOT_CONTEXT, trace, type Context } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { carrierFor, carriers, carriersIn, injectContext, withRemoteContext } from "ai-spans/propagation";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { SHAPES } from "./carrier-shapes.ts";
import { idsOf, SENT, SENT_IDS, SPAN_ID, TRACE_ID, TRACEPARENT, TRACESTATE } from "./sent-spans.ts";

const receivedMessage = (): object => ({ value: "v", offset: "1", headers: {} });

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

const w3c = new W3CTraceContextPropagator();
const sender = w3c.extract(ROOT_CONTEXT, SENT, carriers.record.getter);
const unsampled: Context = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "f".repeat(32),
  spanId: "e".repeat(16),
  traceFlags: 0,
});

describe.each(SHAPES)("$name", ({ source, isDelivery }) => {
  test("is recognized, and continues the sender's trace", () => {
    const found = carrierFor(source);
    expect(found?.isDelivery).toBe(isDelivery ?? false);
    const remote = withRemoteContext(source, () => trace.getActiveSpan()?.spanContext());
    expect(remote).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(remote?.traceState?.serialize()).toBe(TRACESTATE);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("lists the fields it has", () => {
    const found = carrierFor(source);
    const keys = found?.getter.keys(found.carrier).map((key) => key.toLowerCase());
    expect(keys).toEqual(expect.arrayContaining(["traceparent"]));
  });
});

describe.each([
  ["headers", () => new Headers({ host: "a" })],
  ["headers", () => new Map([["host", "a"]])],
  [
    "headerTuples",
    () => [
      ["host", "a"],
      ["Traceparent", "old"],
    ],
  ],
  ["headerTuples", () => []],
  ["record", () => ({ Host: "a", Traceparent: "old" })],
  ["kafkaHeaders", () => ({ host: Buffer.from("a"), traceparent: [Buffer.from("b"), Buffer.from("c")] })],
  ["kafkaHeaders", () => [{ host: Buffer.from("a") }, { traceparent: "old" }]],
  ["kafkaMessage", () => ({ value: "v" })],
  ["amqpOptions", () => ({ persistent: true })],
  ["amqpMessage", () => ({ fields: {}, properties: {} })],
  ["messageAttributes", () => ({ tenant: { DataType: "String", StringValue: "t" } })],
  ["sqsMessage", () => ({ QueueUrl: "u", MessageBody: "b" })],
  ["redisFields", () => ["booking", "42", "traceparent", "old"]],
  ["bullmqJob", () => ({ name: "book", data: { room: 7 }, opts: {} })],
  ["bullmqOptions", () => ({ attempts: 3 })],
  ["grpcMetadata", () => new Metadata()],
  ["envelope", () => ({ type: "ask" })],
  ["queueMessage", () => ({ body: {} })],
  ["dataEnvelope", () => ({ name: "room/booked", data: { room: 7 } })],
  ["socketIoHandshake", () => ({ auth: { token: "t" } })],
  [
    "lambdaHttpEvent",
    () => ({ requestContext: {}, headers: {}, multiValueHeaders: { Traceparent: ["old"] } }),
  ],
  ["temporalHeaders", () => ({ other: { data: new Uint8Array() } })],
  ["environment", () => ({ PATH: "/bin" })],
  ["mcpParameters", () => ({ name: "tool" })],
  ["mcpRequest", () => ({ method: "tools/call", params: { name: "tool" } })],
] as const)("a carrier of the shape %s", (name, make) => {
  const as = carriers[name];

  test("returns the context that was written into it", () => {
    const carrier: object = make();
    expect(injectContext(carrier, { as, context: sender })).toBe(carrier);
    const read = withRemoteContext(carrier, () => trace.getActiveSpan()?.spanContext(), { as });
    expect(idsOf(read)).toBe(SENT_IDS);
    expect(read?.traceState?.serialize()).toBe(TRACESTATE);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("keeps no field of an earlier trace when it is used again", () => {
    const carrier: object = make();
    injectContext(carrier, { as, context: sender });
    injectContext(carrier, { as, context: unsampled });
    const read = withRemoteContext(carrier, () => trace.getActiveSpan()?.spanContext(), { as });
    expect(idsOf(read)).toBe(idsOf(trace.getSpanContext(unsampled)));
    expect(read?.traceState).toBeUndefined();
    expect(as.getter.get(carrier, "tracestate")).toBeUndefined();
  });
});

describe("what is written", () => {
  test("replaces a header that differs in case only", () => {
    expect(injectContext({ TraceParent: "old", Host: "a" }, { context: sender })).toEqual({
      Host: "a",
      ...SENT,
    });
  });

  test("is text under the field names of each shape", () => {
    const into = <T extends object>(as: (typeof carriers)[keyof typeof carriers], carrier: T): T =>
      injectContext(carrier, { as, context: sender });
    expect(into(carriers.messageAttributes, {})).toEqual({
      traceparent: { DataType: "String", StringValue: TRACEPARENT },
      tracestate: { DataType: "String", StringValue: TRACESTATE },
    });
    expect(into(carriers.environment, {})).toEqual({ TRACEPARENT, TRACESTATE });
    expect(into(carriers.mcpParameters, { name: "t" })).toEqual({ name: "t", _meta: SENT });
    expect(into(carriers.redisFields, [])).toEqual(["traceparent", TRACEPARENT, "tracestate", TRACESTATE]);
    expect(into(carriers.bullmqOptions, {})).toEqual({ telemetry: { metadata: JSON.stringify(SENT) } });
    expect(into(carriers.kafkaMessage, { value: "v" })).toEqual({ value: "v", headers: SENT });
    expect(into(carriers.envelope, { type: "ask" })).toEqual({ type: "ask", _otel: SENT });
  });

  test.each<[string, [string, string][]]>([
    ["one header", [["content-type", "text/plain"]]],
    [
      "two headers",
      [
        ["content-type", "text/plain"],
        ["TraceParent", "old"],
      ],
    ],
    [
      "three headers",
      [
        ["content-type", "text/plain"],
        ["set-cookie", "a"],
        ["set-cookie", "b"],
      ],
    ],
  ])("into a list of %s is one more tuple, which fetch takes", (_name, tuples) => {
    const kept = tuples.filter(([name]) => name !== "TraceParent");
    const init = { method: "POST", headers: structuredClone(tuples) };
    for (const list of [
      injectContext(tuples, { context: sender }),
      injectContext(init, { context: sender }).headers,
    ]) {
      expect(list).toEqual([...kept, ...Object.entries(SENT)]);
      expect(new Headers(list).get("traceparent")).toBe(TRACEPARENT);
    }
    expect(Object.keys(init)).toEqual(["method", "headers"]);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test.each<[string, () => object]>([
    ["an empty list", () => []],
    ["messages of kafkajs", () => [{ value: "a" }, { value: "b" }]],
    ["one message of kafkajs", () => [{ value: "a" }]],
    ["messages of a Cloudflare Queue", () => [{ body: { room: 7 } }, { body: "seven" }]],
    ["entries of SQS", () => [{ Id: "1", MessageBody: "a" }]],
    ["jobs of BullMQ", () => [{ name: "book", data: { room: 7 } }]],
    ["rows", () => [{ room: "7" }, { room: "8" }]],
    ["messages of a chat", () => [{ role: "user", content: "a room" }]],
    ["texts", () => ["a", "b", "c"]],
    ["triples", () => [["a", "b", "c"]]],
    ["numbers", () => [1, 2]],
    ["received messages", () => [receivedMessage(), receivedMessage()]],
    [
      "a batch",
      () => ({
        Records: [
          { receiptHandle: "r", messageAttributes: {} },
          { receiptHandle: "s", messageAttributes: {} },
        ],
      }),
    ],
    ["what has an empty list of headers", () => ({ method: "POST", headers: [] })],
    ["what has messages for headers", () => ({ method: "POST", headers: [{ value: "a" }, { value: "b" }] })],
  ])("into %s is nothing: it may be no list of headers", async (_name, make) => {
    vi.resetModules();
    const fresh = await import("ai-spans/propagation");
    const list = make();
    for (const write of [fresh.injectContext, fresh.forwardOrigin]) {
      expect(write(list, { context: sender })).toBe(list);
    }
    expect(list).toEqual(make());
    expect(Object.keys(list)).toEqual(Object.keys(make()));
    expect(telemetry.diagnostics).toEqual([
      "ai-spans: no context is written into a list that is not recognized as headers: write into each message, or name the list's pair in `as` (docs/guide/boundaries.md)",
    ]);
    expect(fresh.withRemoteContext(list, () => trace.getActiveSpan())).toBeUndefined();
  });

  test("never makes an eleventh message attribute", () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`a${index}`, { DataType: "String", StringValue: "v" }]),
    );
    const message = { MessageAttributes: attributes };
    injectContext(message, { context: sender });
    expect(Object.keys(message.MessageAttributes)).toHaveLength(10);
    expect(message.MessageAttributes).toHaveProperty("traceparent");
    // The second context replaces the first one in the same attribute.
    injectContext(message, { context: unsampled });
    expect(Object.keys(message.MessageAttributes)).toHaveLength(10);
    expect(message.MessageAttributes).toHaveProperty(
      "traceparent.StringValue",
      `00-${"f".repeat(32)}-${"e".repeat(16)}-00`,
    );
  });
});

describe("the published propagators of other formats", () => {
  const propagator = new AWSXRayPropagator();
  const root = `1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)}`;
  const header = `Root=${root};Parent=${SPAN_ID};Sampled=1`;

  test.each([
    ["a header", { "X-Amzn-Trace-Id": header }],
    ["an event of a load balancer", { requestContext: {}, headers: { "x-amzn-trace-id": header } }],
    ["Lambda's environment", { _X_AMZN_TRACE_ID: header }],
    ["a system attribute of SQS", { ReceiptHandle: "r", Attributes: { AWSTraceHeader: header } }],
    ["a system attribute of SQS in Lambda", { receiptHandle: "r", attributes: { AWSTraceHeader: header } }],
  ])("read X-Ray's trace id from %s", (_name, source) => {
    const read = withRemoteContext(source, () => trace.getActiveSpan()?.spanContext(), { propagator });
    expect(idsOf(read)).toBe(SENT_IDS);
  });

  test.each([
    ["X-Ray", propagator, { "x-amzn-trace-id": header }],
    ["B3, one header", new B3Propagator(), { b3: `${TRACE_ID}-${SPAN_ID}-1` }],
    [
      "B3, several headers",
      new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
      { "x-b3-traceid": TRACE_ID, "x-b3-spanid": SPAN_ID, "x-b3-sampled": "1" },
    ],
  ])("are used if the options name them: %s", (_name, optionPropagator, expected) => {
    const carrier = injectContext({}, { context: sender, propagator: optionPropagator });
    expect(carrier).toEqual(expected);
    const read = withRemoteContext(carrier, () => trace.getActiveSpan()?.spanContext(), {
      propagator: optionPropagator,
    });
    expect(idsOf(read)).toBe(SENT_IDS);
  });

  test("are used when the application registered them", () => {
    propagation.setGlobalPropagator(new B3Propagator());
    try {
      expect(injectContext({}, { context: sender })).toEqual({ b3: `${TRACE_ID}-${SPAN_ID}-1` });
    } finally {
      propagation.disable();
    }
    expect(injectContext({}, { context: sender })).toEqual(SENT);
  });
});

describe("recognition", () => {
  test.each([undefined, null, 7, "traceparent", true, Symbol("s"), 10n])(
    "recognizes no carrier in %s",
    (source) => {
      expect(carrierFor(source)).toBeUndefined();
      expect(withRemoteContext(source, () => trace.getActiveSpan())).toBeUndefined();
      expect(telemetry.diagnostics).toEqual([]);
    },
  );

  test("finds every message of a batch, and no single carrier in it", () => {
    const message = { receiptHandle: "r", body: "", messageAttributes: {} };
    expect(carriersIn({ Records: [message, message, message] })).toHaveLength(3);
    expect(carrierFor({ Records: [message, message] })).toBeUndefined();
    expect(carrierFor({ Records: [] })).toBeUndefined();
  });

  const sqsMessage = { ReceiptHandle: "r", MessageAttributes: {} };
  const kafkaMessage = { value: null, offset: "1", headers: SENT };
  const redisEntry = ["1-0", ["traceparent", TRACEPARENT]];
  test.each([
    ["of SQS", { Messages: [sqsMessage, sqsMessage] }],
    ["of kafkajs", { topic: "t", partition: 0, messages: [kafkaMessage, kafkaMessage] }],
    [
      "of node-redis",
      {
        name: "stream",
        messages: [
          { id: "1-0", message: SENT },
          { id: "1-1", message: SENT },
        ],
      },
    ],
    ["of Redis Streams", [redisEntry, redisEntry]],
    ["that is a bare list", [kafkaMessage, kafkaMessage]],
  ])("finds every message of a batch %s", (_name, batch) => {
    expect(carriersIn(batch).map(({ isDelivery }) => isDelivery)).toEqual([true, true]);
    expect(carrierFor(batch)).toBeUndefined();
  });

  test.each([
    ["messages of a chat", { traceparent: TRACEPARENT, messages: [{ role: "user", content: "" }] }],
    ["a list of headers", [{ traceparent: TRACEPARENT }, { tracestate: "" }]],
  ])("recognizes no batch in %s", (_name, source) => {
    const [found, ...others] = carriersIn(source);
    expect(found?.getter.get(found.carrier, "traceparent")).toBe(TRACEPARENT);
    expect(others).toEqual([]);
  });

  test("returns pairs that the API's inject and extract accept", () => {
    const found = carrierFor(new Headers(SENT));
    expect(found).toBeDefined();
    if (!found) return;
    expect(idsOf(trace.getSpanContext(w3c.extract(ROOT_CONTEXT, found.carrier, found.getter)))).toBe(
      SENT_IDS,
    );
  });
});
