/**
 * Work that continues in another process. Its trace continues, or a new trace links to its sender, and the origin is
 * forwarded.
 */
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { B3Propagator } from "@opentelemetry/propagator-b3";
import {
  carriers,
  forwardOrigin,
  injectContext,
  withLinkedTrace,
  withProducerSpan,
  withRemoteContext,
} from "ai-spans/propagation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import {
  idsOf,
  linksOf,
  onlySpan,
  ORIGIN_TRACEPARENT,
  SENT,
  SENT_IDS,
  TRACE_ID,
  TRACEPARENT,
} from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const activeIds = (): string | undefined => idsOf(trace.getActiveSpan()?.spanContext());
const fromDelivery = `delivery: ${SENT_IDS}`;

describe("withRemoteContext", () => {
  test("makes the spans of the work children of the sender's span", async () => {
    const value = await withRemoteContext({ headers: SENT }, async () => {
      await Promise.resolve();
      telemetry.tracer.startSpan("work").end();
      return 7;
    });
    expect(value).toBe(7);
    expect(idsOf(onlySpan(telemetry).parentSpanContext)).toBe(SENT_IDS);
    expect(onlySpan(telemetry).spanContext().traceId).toBe(TRACE_ID);
  });

  test.each([[{}], [undefined], [{ headers: {} }], [{ traceparent: "00-0-0-00" }]])(
    "leaves the active context if %j has no usable context",
    (source) => {
      telemetry.tracer.startActiveSpan("local", (local) => {
        expect(withRemoteContext(source, activeIds)).toBe(idsOf(local.spanContext()));
        local.end();
      });
    },
  );

  test("returns or throws the same value as the work", async () => {
    const failure = new Error("no room");
    const promise = Promise.resolve(1);
    expect(withRemoteContext(SENT, () => promise)).toBe(promise);
    expect(() =>
      withRemoteContext(SENT, () => {
        throw failure;
      }),
    ).toThrow(failure);
  });

  test("adds the sender's baggage to the caller's, whose entries win", () => {
    const own = propagation.createBaggage({ "tenant.id": { value: "own" }, plan: { value: "pro" } });
    const source = { ...SENT, baggage: "tenant.id=sender,region=eu" };
    const names = context.with(propagation.setBaggage(ROOT_CONTEXT, own), () =>
      withRemoteContext(source, () => propagation.getActiveBaggage()?.getAllEntries()),
    );
    expect(names?.map(([name, { value }]) => `${name}=${value}`).toSorted()).toEqual([
      "plan=pro",
      "region=eu",
      "tenant.id=own",
    ]);
  });

  test("masks flags that no propagator may write", () => {
    const source = { traceparent: `${TRACEPARENT.slice(0, -2)}ff` };
    const forwarded = withRemoteContext(source, () => injectContext({}));
    expect(forwarded).toEqual({ traceparent: `${TRACEPARENT.slice(0, -2)}03` });
  });
});

describe("injectContext", () => {
  test("writes nothing where no span is active", () => {
    expect(injectContext({ other: "1" })).toEqual({ other: "1" });
  });

  test("keeps the baggage that the carrier has", () => {
    const own = propagation.createBaggage({ plan: { value: "pro" }, region: { value: "us" } });
    const carrier = { baggage: "region=eu" };
    injectContext(carrier, { context: propagation.setBaggage(ROOT_CONTEXT, own) });
    expect(carrier.baggage.split(",").toSorted()).toEqual(["plan=pro", "region=eu"]);
  });

  test("returns a value that is no carrier", () => {
    expect(injectContext("text")).toBe("text");
    expect(telemetry.diagnostics).toEqual([]);
  });
});

describe("forwardOrigin", () => {
  test("forwards the first sender unchanged through any number of hops", async () => {
    let carrier: Record<string, string> = { traceparent: TRACEPARENT, tracestate: "vendor=value" };
    for (let hop = 1; hop <= 3; hop++) {
      carrier = await withLinkedTrace({ name: `hop ${hop}`, source: carrier }, async () => {
        await Promise.resolve();
        return forwardOrigin({});
      });
      expect(carrier).toEqual({
        traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
        "origin-traceparent": TRACEPARENT,
        "origin-tracestate": "vendor=value",
      });
    }
    const [first, second, third] = telemetry.finished;
    expect(linksOf(first?.links ?? [])).toEqual([fromDelivery]);
    expect(linksOf(second?.links ?? [])).toEqual([
      `delivery: ${idsOf(first?.spanContext())}`,
      `origin: ${SENT_IDS}`,
    ]);
    expect(linksOf(third?.links ?? [])).toEqual([
      `delivery: ${idsOf(second?.spanContext())}`,
      `origin: ${SENT_IDS}`,
    ]);
  });

  test("replaces the last hop's span by this hop's in a carrier that is enqueued again", () => {
    const job = { name: "book", data: { room: 7, _otel: { ...SENT } }, opts: {} };
    withLinkedTrace({ name: "attempt", source: job }, () => forwardOrigin(job));
    const own = onlySpan(telemetry).spanContext();
    expect(job.data).toEqual({
      room: 7,
      _otel: {
        traceparent: `00-${own.traceId}-${own.spanId}-01`,
        "origin-traceparent": TRACEPARENT,
        "origin-tracestate": "vendor=value",
      },
    });
  });

  test("forwards nothing of another run that is active", () => {
    withLinkedTrace({ name: "first run", source: { traceparent: ORIGIN_TRACEPARENT } }, () => {
      withRemoteContext(SENT, () => expect(forwardOrigin({})).toEqual(SENT));
      const request = { ...SENT, "origin-traceparent": ORIGIN_TRACEPARENT };
      withRemoteContext(request, () => expect(forwardOrigin({})).toEqual(request));
      withRemoteContext({}, () => {
        expect(forwardOrigin({})).toHaveProperty(["origin-traceparent"], ORIGIN_TRACEPARENT);
      });
    });
  });

  test.each([
    ["X-Ray", new AWSXRayPropagator()],
    ["B3", new B3Propagator()],
  ])("works in the format of %s", (_name, propagator) => {
    const sent = withRemoteContext(SENT, () => injectContext({}, { propagator }));
    const carrier = {};
    withLinkedTrace({ name: "first", source: sent, propagator }, () =>
      forwardOrigin(carrier, { propagator }),
    );
    withLinkedTrace({ name: "second", source: carrier, propagator }, () => {});
    const [first, second] = telemetry.finished;
    expect(linksOf(first?.links ?? [])).toEqual([fromDelivery]);
    expect(linksOf(second?.links ?? [])).toEqual([
      `delivery: ${idsOf(first?.spanContext())}`,
      `origin: ${SENT_IDS}`,
    ]);
  });

  test("is injectContext where there is no origin", () => {
    withRemoteContext(SENT, () => expect(forwardOrigin({})).toEqual(SENT));
  });
});

describe("withProducerSpan", () => {
  test("sends a span of kind PRODUCER, which the receiver links to", async () => {
    const message = { value: "v", headers: {} };
    const sent = await telemetry.tracer.startActiveSpan("request", async (request) => {
      const options = {
        name: "send bookings",
        carrier: message,
        attributes: { "messaging.system": "kafka" },
      };
      const result = await withProducerSpan(options, async () => {
        expect(message.headers).toHaveProperty("traceparent");
        return "sent";
      });
      request.end();
      return result;
    });
    expect(sent).toBe("sent");
    withLinkedTrace({ name: "process bookings", source: message }, () => {});
    const [producer, request, consumer] = telemetry.finished;
    expect(producer?.kind).toBe(SpanKind.PRODUCER);
    expect(producer?.attributes).toEqual({ "messaging.system": "kafka" });
    expect(idsOf(producer?.parentSpanContext)).toBe(idsOf(request?.spanContext()));
    expect(consumer?.kind).toBe(SpanKind.CONSUMER);
    expect(linksOf(consumer?.links ?? [])).toEqual([`delivery: ${idsOf(producer?.spanContext())}`]);
  });

  test("writes a carrier of the shape in `as`", () => {
    const options = { name: "send", carrier: { value: "v" }, as: carriers.kafkaMessage };
    withProducerSpan(options, () => {});
    expect(options.carrier).toEqual({ value: "v", headers: { traceparent: expect.any(String) } });
  });
});

describe("without a context manager", () => {
  test("the work runs, and explicit carriers still work", () => {
    telemetry = setupTelemetry({ contextManager: false });
    const message = { headers: {}, value: "v" };
    expect(withProducerSpan({ name: "send", carrier: message }, () => 1)).toBe(1);
    expect(withLinkedTrace({ name: "process", source: message }, () => 2)).toBe(2);
    const [producer, consumer] = telemetry.finished;
    expect(linksOf(consumer?.links ?? [])).toEqual([`delivery: ${idsOf(producer?.spanContext())}`]);
  });
});
