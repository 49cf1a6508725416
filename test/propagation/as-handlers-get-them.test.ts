/**
 * The arguments that clients and platforms pass to their handlers, unchanged. ai-spans finds the sender's context in
 * each of them.
 */
import { SpanKind } from "@opentelemetry/api";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { InvokeStore } from "@aws/lambda-invoke-store";
import { carriers, injectContext, withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { idsOf, linksOf, SENT, SENT_IDS, SPAN_ID, TRACE_ID, TRACEPARENT } from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const propagator = new AWSXRayPropagator();
const xRayHeader = (traceId: string, spanId = SPAN_ID): string =>
  `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;
const headers = { traceparent: Buffer.from(TRACEPARENT) };

/** The parent of a span that starts inside `withRemoteContext` of the source. */
function parentIn(
  source: unknown,
  options: Parameters<typeof withRemoteContext>[2] = {},
): string | undefined {
  withRemoteContext(source, () => telemetry.tracer.startSpan("work").end(), options);
  return idsOf(telemetry.finished.findLast(({ name }) => name === "work")?.parentSpanContext);
}

describe("a delivery", () => {
  const kafkaMessage = { key: null, value: Buffer.from("v"), offset: "1", headers };
  const payload = { topic: "t", partition: 0, heartbeat: () => {}, pause: () => {} };

  test.each<[string, unknown]>([
    ["kafkajs, eachMessage", { ...payload, message: kafkaMessage }],
    [
      "kafkajs, eachBatch",
      { batch: { topic: "t", partition: 0, messages: [kafkaMessage] }, resolveOffset: () => {} },
    ],
    ["amqplib", { content: Buffer.from("v"), fields: { exchange: "" }, properties: { headers: SENT } }],
    ["BullMQ", { name: "book", opts: {}, data: { _otel: SENT } }],
    ["BullMQ with a trace of the application's", { name: "book", opts: {}, data: { _trace: SENT } }],
  ])("of %s is linked, of kind CONSUMER, without a warning", (_name, source) => {
    withLinkedTrace({ name: "process", source }, () => {});
    const [root] = telemetry.finished;
    expect(linksOf(root?.links ?? [])).toEqual([`delivery: ${SENT_IDS}`]);
    expect(root?.kind).toBe(SpanKind.CONSUMER);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["kafkajs, eachMessage", { ...payload, message: { value: null, offset: "1", headers: {} } }],
    ["NATS", { subject: "s", data: new Uint8Array(), headers: undefined, respond: () => true }],
    ["BullMQ", { name: "book", opts: {}, data: { room: 7 } }],
    ["SQS", { MessageId: "1", ReceiptHandle: "r", Body: "{}" }],
    ["amqplib", { content: Buffer.from("v"), fields: { exchange: "" }, properties: {} }],
  ])("of %s without a context is of kind CONSUMER, without a warning", (_name, source) => {
    withLinkedTrace({ name: "process", source }, () => {});
    const [root] = telemetry.finished;
    expect(root?.links).toEqual([]);
    expect(root?.attributes).toEqual({ "ai_spans.trace.mode": "linked" });
    expect(root?.kind).toBe(SpanKind.CONSUMER);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["string", JSON.stringify(SENT)],
    ["array", [1, 2]],
    ["object", { job: { id: 1 }, queue: { name: "bookings" } }],
  ])("that is an unknown %s is warned of once", (kind, source) => {
    for (let count = 0; count < 3; count += 1) withLinkedTrace({ name: "process", source }, () => {});
    expect(telemetry.finished).toHaveLength(3);
    expect(telemetry.diagnostics).toHaveLength(1);
    expect(telemetry.diagnostics[0]).toContain(
      `withLinkedTrace: the shape of a source (${kind}) is not recognized`,
    );
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["no stored carrier", null],
    ["an empty record", {}],
    ["headers of another kind", { "content-type": "text/plain", accept: ["a", "b"] }],
  ])("that is %s is not warned of", (_name, source) => {
    withLinkedTrace({ name: "process", source }, () => {});
    expect(telemetry.diagnostics).toEqual([]);
  });
});

describe("a message that is sent to SQS with X-Ray's propagator", () => {
  const ten = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`a${index}`, { DataType: "String", StringValue: "v" }]),
  );
  const send = (input: object, as = {}): object =>
    withRemoteContext(SENT, () => injectContext(input, { propagator, ...as }));
  const system = {
    AWSTraceHeader: { DataType: "String", StringValue: xRayHeader(TRACE_ID) },
  };

  test("has the header as a system attribute, beside ten attributes", () => {
    const input = send({ QueueUrl: "q", MessageBody: "{}", MessageAttributes: ten });
    expect(input).toEqual({
      QueueUrl: "q",
      MessageBody: "{}",
      MessageAttributes: ten,
      MessageSystemAttributes: system,
    });
    expect(parentIn(input, { propagator })).toBe(SENT_IDS);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("has it without attributes, and as an entry of a batch", () => {
    expect(send({ QueueUrl: "q", MessageBody: "{}" })).toHaveProperty("MessageSystemAttributes", system);
    expect(send({ Id: "1", MessageBody: "{}" }, { as: carriers.sqsMessage })).toEqual({
      Id: "1",
      MessageBody: "{}",
      MessageSystemAttributes: system,
    });
  });

  test("has it once when it is sent again", () => {
    const input = { QueueUrl: "q", MessageBody: "{}", MessageSystemAttributes: { AWSTraceHeader: {} } };
    expect(send(input)).toEqual({ QueueUrl: "q", MessageBody: "{}", MessageSystemAttributes: system });
  });

  test("has an attribute in the format of W3C", () => {
    expect(withRemoteContext(SENT, () => injectContext({ QueueUrl: "q", MessageBody: "{}" }))).toEqual({
      QueueUrl: "q",
      MessageBody: "{}",
      MessageAttributes: Object.fromEntries(
        Object.entries(SENT).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
      ),
    });
  });

  test.each([{}, { MessageAttributes: {} }])("has an attribute where it is sent to SNS: %j", (attributes) => {
    // SNS accepts no system attributes.
    expect(send({ TopicArn: "t", Message: "m", ...attributes })).toEqual({
      TopicArn: "t",
      Message: "m",
      MessageAttributes: { "x-amzn-trace-id": system.AWSTraceHeader },
    });
  });
});

describe("an invocation of Lambda", () => {
  const [one, two, stale] = ["1", "2", "9"].map((digit) => digit.repeat(32)) as [string, string, string];
  const TRACE = Symbol.for("_AWS_LAMBDA_X_RAY_TRACE_ID");
  const sent = (id: string): string => `${id}/${SPAN_ID}`;

  test("is in the trace that the runtime's store has for it, with two invocations at once", async () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", xRayHeader(stale));
    const store = await InvokeStore.getInstanceAsync(true);
    vi.stubGlobal("awslambda", { InvokeStore: store });
    const invoke = async (id: string): Promise<string | undefined> =>
      store.run({ [TRACE]: xRayHeader(id) }, async () => {
        await Promise.resolve();
        return parentIn(process.env, { propagator });
      });
    expect(await Promise.all([one, two].map(invoke))).toEqual([sent(one), sent(two)]);
  });

  test("is in the trace that the store has in W3C's fields", async () => {
    const store = await InvokeStore.getInstanceAsync(true);
    vi.stubGlobal("awslambda", { InvokeStore: store });
    const fields = { [Symbol.for("_AWS_LAMBDA_TRACEPARENT")]: TRACEPARENT };
    expect(store.run(fields, () => parentIn(process.env))).toBe(SENT_IDS);
  });

  test("is not in the variable's trace if several invocations may run at once", () => {
    vi.stubEnv("_X_AMZN_TRACE_ID", xRayHeader(stale));
    expect(parentIn(process.env, { propagator })).toBe(sent(stale));
    vi.stubEnv("AWS_LAMBDA_MAX_CONCURRENCY", "8");
    expect(parentIn(process.env, { propagator })).toBeUndefined();
  });

  test("is in the trace that its context has", () => {
    const context = { awsRequestId: "r", functionName: "f", xRayTraceId: xRayHeader(one) };
    expect(parentIn(context, { propagator })).toBe(sent(one));
    expect(parentIn(context)).toBeUndefined();
    injectContext(context, { propagator });
    expect(Object.keys(context)).toEqual(["awsRequestId", "functionName", "xRayTraceId"]);
  });

  test("finds nothing in a store that throws", () => {
    vi.stubGlobal("awslambda", {
      InvokeStore: {
        getXRayTraceId() {
          throw new Error("a store of the application");
        },
      },
    });
    expect(parentIn(process.env, { propagator })).toBeUndefined();
    expect(telemetry.diagnostics.join()).not.toContain("application");
  });
});

describe("a request to an MCP server", () => {
  const requestInfo = { headers: { "content-type": "application/json", traceparent: TRACEPARENT } };
  const other = TRACEPARENT.replace("b7ad", "c7ad");

  test.each<[string, object, string | undefined]>([
    ["in `_meta`", { _meta: SENT }, SENT_IDS],
    ["in `_meta`, which counts", { _meta: SENT, requestInfo: { headers: { traceparent: other } } }, SENT_IDS],
    ["in the headers, beside a progress token", { _meta: { progressToken: 2 }, requestInfo }, SENT_IDS],
    ["in the headers", { requestInfo }, SENT_IDS],
    ["in `Headers`", { requestInfo: { headers: new Headers({ traceparent: TRACEPARENT }) } }, SENT_IDS],
    ["nowhere", { _meta: { progressToken: 2 }, requestInfo: { headers: {} } }, undefined],
  ])("has its context %s", (_name, extra, parent) => {
    expect(parentIn(extra)).toBe(parent);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("does not read the tracestate of another trace", () => {
    const extra = {
      _meta: { traceparent: TRACEPARENT },
      requestInfo: { headers: { traceparent: other, tracestate: "other=1" } },
    };
    expect(withRemoteContext(extra, () => injectContext({}))).toEqual({ traceparent: TRACEPARENT });
  });
});

describe("a message on a socket that was opened in a request", () => {
  const message = { text: "of a second guest" };

  test("starts a new trace when the request has ended", () => {
    telemetry.tracer.startActiveSpan("request", (request) => {
      expect(parentIn(message)).toBe(idsOf(request.spanContext()));
      request.end();
      expect(parentIn(message)).toBeUndefined();
      expect(parentIn(message, { ifAbsent: "active" })).toBe(idsOf(request.spanContext()));
      expect(parentIn(SENT)).toBe(SENT_IDS);
    });
  });

  test("starts a new trace if `ifAbsent` is root", () => {
    telemetry.tracer.startActiveSpan("request", (request) => {
      expect(parentIn(message, { ifAbsent: "root" })).toBeUndefined();
      expect(parentIn(SENT, { ifAbsent: "root" })).toBe(SENT_IDS);
      request.end();
    });
  });

  test("is in the sender's trace if the active span belongs to another process", () => {
    withRemoteContext(SENT, () => expect(parentIn(message)).toBe(SENT_IDS));
  });

  test("is linked to the connection", () => {
    telemetry.tracer.startActiveSpan("request", (request) => {
      request.end();
      withLinkedTrace({ name: "message", source: message }, () => {});
      const root = telemetry.finished.find(({ name }) => name === "message");
      expect(root?.parentSpanContext).toBeUndefined();
      expect(linksOf(root?.links ?? [])).toEqual([`delivery: ${idsOf(request.spanContext())}`]);
    });
  });
});
