/**
 * The root span of a delivery: its parent, its links, its mode and its end.
 *
 * Holds: linked-and-continuous.
 */
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import {
  idsOf,
  linksOf,
  onlySpan,
  ORIGIN_IDS,
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

const LINKED = { "ai_spans.trace.mode": "linked" };
const CONTINUOUS = { "ai_spans.trace.mode": "continuous" };
const PROPAGATED = { "ai_spans.trace.propagated": true };
const [fromOrigin, fromDelivery] = [`origin: ${ORIGIN_IDS}`, `delivery: ${SENT_IDS}`];

describe("withLinkedTrace", () => {
  test("starts a new trace that links to the delivery and the origin", async () => {
    const result = await withLinkedTrace(
      {
        source: { ReceiptHandle: "r", ...attributesOf(SENT) },
        origin: { traceparent: ORIGIN_TRACEPARENT },
        name: "process bookings",
        attributes: { "messaging.system": "aws_sqs" },
      },
      async () => "done",
    );
    expect(result).toBe("done");
    const root = onlySpan(telemetry);
    expect(root?.kind).toBe(SpanKind.CONSUMER);
    expect(root?.parentSpanContext).toBeUndefined();
    expect(root?.spanContext().traceId).not.toBe(TRACE_ID);
    expect(root?.attributes).toEqual({ ...LINKED, ...PROPAGATED, "messaging.system": "aws_sqs" });
    expect(root?.status.code).toBe(SpanStatusCode.UNSET);
    expect(linksOf(root?.links ?? [])).toEqual([fromDelivery, fromOrigin]);
    expect(root?.instrumentationScope.name).toBe("ai-spans");
  });

  const attributesOf = (fields: Record<string, string>) => ({
    MessageAttributes: Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, { DataType: "String", StringValue: value }]),
    ),
  });

  test.each([
    ["no source", {}, []],
    ["an empty carrier", { source: {}, origin: {} }, []],
    ["an unusable source", { source: { traceparent: "junk" } }, []],
    ["an origin equal to the delivery", { source: SENT, origin: SENT }, [fromDelivery]],
    ["an unusable origin", { source: SENT, origin: { traceparent: "junk" } }, [fromDelivery]],
    ["an origin alone", { origin: { traceparent: ORIGIN_TRACEPARENT } }, [fromOrigin]],
    [
      "an origin that was kept as a span context",
      { source: SENT, origin: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 } },
      [fromDelivery, fromOrigin],
    ],
    [
      "an origin that the sender forwarded",
      { source: { ...SENT, "origin-traceparent": ORIGIN_TRACEPARENT } },
      [fromDelivery, fromOrigin],
    ],
  ])("links %s as far as there is one", (_name, options, links) => {
    withLinkedTrace({ name: "resume", ...options }, () => {});
    expect(linksOf(onlySpan(telemetry).links)).toEqual(links);
    expect(onlySpan(telemetry).parentSpanContext).toBeUndefined();
    expect(onlySpan(telemetry).kind).toBe(SpanKind.INTERNAL);
  });

  test("links to every message of a batch once, of one origin", () => {
    const message = (traceparent: string) => ({
      receiptHandle: "r",
      body: "",
      messageAttributes: {
        traceparent: { stringValue: traceparent },
        "origin-traceparent": { stringValue: ORIGIN_TRACEPARENT },
      },
    });
    const other = TRACEPARENT.replace("b7ad", "c7ad");
    const source = { Records: [message(TRACEPARENT), message(other), message(TRACEPARENT)] };
    withLinkedTrace({ name: "process", source, mode: "continuous" }, () => {});
    expect(linksOf(onlySpan(telemetry).links)).toEqual([
      fromDelivery,
      fromDelivery.replace("b7ad", "c7ad"),
      fromOrigin,
    ]);
    expect(onlySpan(telemetry).parentSpanContext).toBeUndefined();
  });

  test("continues the only message of a batch that has a trace", () => {
    const message = { receiptHandle: "r", body: "", messageAttributes: {} };
    const source = {
      Records: [message, { ...message, messageAttributes: { traceparent: { stringValue: TRACEPARENT } } }],
    };
    withLinkedTrace({ name: "process", source, mode: "continuous" }, () => {});
    expect(idsOf(onlySpan(telemetry).parentSpanContext)).toBe(SENT_IDS);
    expect(onlySpan(telemetry).links).toEqual([]);
  });

  test("has the kind in the options", () => {
    withLinkedTrace({ name: "cron", kind: SpanKind.SERVER }, () => {});
    expect(onlySpan(telemetry).kind).toBe(SpanKind.SERVER);
  });

  test("ends with the work's failure, which the caller gets", async () => {
    const failure = new TypeError("no room");
    await expect(withLinkedTrace({ name: "a" }, async () => Promise.reject(failure))).rejects.toBe(failure);
    expect(() =>
      withLinkedTrace({ name: "b" }, () => {
        throw failure;
      }),
    ).toThrow(failure);
    for (const { status, attributes } of telemetry.finished) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR });
      expect(attributes).toEqual({ ...LINKED, "error.type": "TypeError" });
    }
    expect(telemetry.finished).toHaveLength(2);
  });

  test("records an abort as canceled", async () => {
    await expect(
      withLinkedTrace({ name: "a" }, async () => AbortSignal.abort().throwIfAborted()),
    ).rejects.toThrow();
    expect(onlySpan(telemetry).status.code).toBe(SpanStatusCode.UNSET);
    expect(onlySpan(telemetry).attributes).toEqual({
      ...LINKED,
      "ai_spans.canceled": true,
      "ai_spans.cancel.cause": "abort",
    });
  });
});

describe("the root of a delivery", () => {
  type Options = Partial<Parameters<typeof withLinkedTrace>[0]>;
  const origin = { traceparent: ORIGIN_TRACEPARENT };
  const forwarding = { ...SENT, "origin-traceparent": ORIGIN_TRACEPARENT };
  const message = (headers: object): object => ({ value: "v", offset: "1", headers });
  const OTHER_IDS = SENT_IDS.replace("b7ad", "c7ad");
  const batch = {
    topic: "t",
    messages: [message(SENT), message({ traceparent: TRACEPARENT.replace("b7ad", "c7ad") })],
  };

  /** The root's mode, parent, links and `propagated` in one line. `active` is the span that is active. */
  function rootOf(mode: "linked" | "continuous", options: Options, isActive: boolean): string {
    telemetry.reset();
    const work = (): void => withLinkedTrace({ name: "root", mode, ...options }, () => {});
    if (!isActive) work();
    else
      telemetry.tracer.startActiveSpan("active", (active) => {
        work();
        active.end();
      });
    const root = telemetry.finished.find(({ name }) => name === "root");
    const active = telemetry.finished.find(({ name }) => name === "active");
    const names: Record<string, string> = {
      [SENT_IDS]: "sender",
      [OTHER_IDS]: "other sender",
      [ORIGIN_IDS]: "origin",
      [idsOf(active?.spanContext()) ?? ""]: "active",
    };
    const nameOf = (ids: string | undefined): string => (ids === undefined ? "none" : (names[ids] ?? ids));
    const links = root?.links.map(
      ({ context: span, attributes }) => `${String(attributes?.["ai_spans.link"])} ${nameOf(idsOf(span))}`,
    );
    const { "ai_spans.trace.mode": said, "ai_spans.trace.propagated": propagated } = root?.attributes ?? {};
    return [
      said,
      `below ${nameOf(idsOf(root?.parentSpanContext))}`,
      ...(links ?? []),
      ...(propagated === undefined ? [] : [`propagated ${String(propagated)}`]),
    ].join(", ");
  }

  test.each<[string, Options, linked: string, continuous: string]>([
    ["nothing", {}, "linked, below none", "continuous, below none"],
    [
      "an unusable carrier",
      { source: { traceparent: "junk" } },
      "linked, below none",
      "continuous, below none",
    ],
    [
      "a sender",
      { source: SENT },
      "linked, below none, delivery sender, propagated true",
      "continuous, below sender, propagated true",
    ],
    ["an origin", { origin }, "linked, below none, origin origin", "continuous, below origin"],
    [
      "a sender and an origin",
      { source: SENT, origin },
      "linked, below none, delivery sender, origin origin, propagated true",
      "continuous, below origin, delivery sender, propagated true",
    ],
    [
      "a sender that forwards the origin",
      { source: forwarding },
      "linked, below none, delivery sender, origin origin, propagated true",
      "continuous, below origin, delivery sender, propagated true",
    ],
    [
      "a forwarded origin alone",
      { source: { "origin-traceparent": ORIGIN_TRACEPARENT } },
      "linked, below none, origin origin, propagated true",
      "continuous, below origin, propagated true",
    ],
    [
      "several senders",
      { source: batch },
      "linked, below none, delivery sender, delivery other sender, propagated true",
      "linked, below none, delivery sender, delivery other sender, propagated true",
    ],
    [
      "several senders and an origin",
      { source: batch, origin },
      "linked, below none, delivery sender, delivery other sender, origin origin, propagated true",
      "continuous, below origin, delivery sender, delivery other sender, propagated true",
    ],
  ])("with %s, and no active span", (_name, options, linked, continuous) => {
    expect(rootOf("linked", options, false)).toBe(linked);
    expect(rootOf("continuous", options, false)).toBe(continuous);
  });

  test.each<[string, Options, linked: string, continuous: string]>([
    ["nothing", {}, "linked, below none, delivery active", "continuous, below active"],
    [
      "an unusable carrier",
      { source: { traceparent: "junk" } },
      "linked, below none, delivery active",
      "continuous, below active",
    ],
    [
      "a sender",
      { source: SENT },
      "linked, below none, delivery active, origin sender, propagated true",
      "continuous, below sender, delivery active, propagated true",
    ],
    [
      "an origin",
      { origin },
      "linked, below none, delivery active, origin origin",
      "continuous, below origin, delivery active",
    ],
    [
      "a sender that forwards the origin",
      { source: forwarding },
      "linked, below none, delivery active, origin origin, propagated true",
      "continuous, below origin, delivery active, propagated true",
    ],
    [
      "several senders",
      { source: batch },
      "linked, below none, delivery active, origin sender, origin other sender, propagated true",
      "linked, below none, delivery active, origin sender, origin other sender, propagated true",
    ],
  ])("with %s, below an active span", (_name, options, linked, continuous) => {
    expect(rootOf("linked", options, true)).toBe(linked);
    expect(rootOf("continuous", options, true)).toBe(continuous);
  });

  test("links to the remote span that is active once", () => {
    withRemoteContext(SENT, () => withLinkedTrace({ name: "root", source: SENT }, () => {}));
    expect(linksOf(onlySpan(telemetry).links)).toEqual([fromDelivery]);
  });

  test("links to the origin of the active run if the source has none", () => {
    withLinkedTrace({ name: "first", source: origin }, () => {
      withLinkedTrace({ name: "second" }, () => {});
    });
    const second = telemetry.finished.find(({ name }) => name === "second");
    expect(linksOf(second?.links ?? [])).toEqual([
      `delivery: ${idsOf(telemetry.finished.find(({ name }) => name === "first")?.spanContext())}`,
      fromOrigin,
    ]);
  });

  test("is sampled below an origin that was stored without its flags", () => {
    const [traceId, spanId] = ORIGIN_IDS.split("/");
    const kept = { origin: { traceId, spanId } };
    withLinkedTrace({ name: "root", mode: "continuous", ...kept }, () => {});
    expect(idsOf(onlySpan(telemetry).parentSpanContext)).toBe(ORIGIN_IDS);
    expect(onlySpan(telemetry).spanContext().traceFlags).toBe(1);
    expect(onlySpan(telemetry).attributes).toEqual(CONTINUOUS);
  });

  test("has the caller's value for an attribute of the same name", () => {
    withLinkedTrace({ name: "root", attributes: { "ai_spans.trace.mode": "own" } }, () => {});
    expect(onlySpan(telemetry).attributes).toEqual({ "ai_spans.trace.mode": "own" });
  });
});

describe("the trace mode", () => {
  const modeOf = (mode?: string): string => {
    const options = { name: "work", source: SENT, origin: { traceparent: ORIGIN_TRACEPARENT } };
    // A program without types may pass such a value.
    withLinkedTrace({ ...options, ...(mode === undefined ? {} : { mode: mode as "linked" }) }, () => {});
    const span = telemetry.finished.at(-1);
    const isChild = idsOf(span?.parentSpanContext) === ORIGIN_IDS;
    expect(linksOf(span?.links ?? [])).toEqual(isChild ? [fromDelivery] : [fromDelivery, fromOrigin]);
    return isChild ? "continuous" : "linked";
  };

  test("is linked by default, and can be set by an argument or the environment at each call", () => {
    expect(modeOf()).toBe("linked");
    expect(modeOf("continuous")).toBe("continuous");
    vi.stubEnv("AI_SPANS_TRACE_MODE", "continuous");
    expect(modeOf()).toBe("continuous");
    expect(modeOf("linked")).toBe("linked");
    vi.stubEnv("AI_SPANS_TRACE_MODE", "");
    expect(modeOf()).toBe("linked");
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("warns once for each unknown value, lists the accepted ones and falls back", () => {
    for (const value of ["on", "LINKED", "on", "LINKED", "on"]) {
      vi.stubEnv("AI_SPANS_TRACE_MODE", value);
      expect(modeOf()).toBe("linked");
    }
    expect(telemetry.diagnostics).toHaveLength(2);
    for (const [index, value] of ["on", "LINKED"].entries()) {
      expect(telemetry.diagnostics[index]).toContain(`"${value}"`);
      expect(telemetry.diagnostics[index]).toMatch(/AI_SPANS_TRACE_MODE.*"linked".*"continuous"/);
    }
  });

  test("falls back from a bad argument to the environment", () => {
    vi.stubEnv("AI_SPANS_TRACE_MODE", "continuous");
    expect(modeOf("both")).toBe("continuous");
    expect(telemetry.diagnostics).toHaveLength(1);
  });
});
