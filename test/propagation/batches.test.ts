/**
 * Batches of any length. Each message is read at most once, and reading stops when the span can take no more links.
 */
import { trace, type SpanContext, type TextMapPropagator } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { carrierFor, carriersIn, forwardOrigin, withLinkedTrace } from "ai-spans/propagation";
import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { idsOf, linksOf, SENT_IDS, TRACEPARENT } from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

const LIMIT = 128;

/** One message, with numbers for its sender and for the origin that the sender forwarded. */
interface Sent {
  readonly sender: number | undefined;
  readonly origin: number | undefined;
}

const traceId = (id: number): string => (id + 1).toString(16).padStart(32, "0");
const spanId = (id: number): string => (id + 1).toString(16).padStart(16, "0");
const ids = (id: number): string => `${traceId(id)}/${spanId(id)}`;
const traceparent = (id: number): string => `00-${traceId(id)}-${spanId(id)}-01`;

function messageOf({ sender, origin }: Sent): object {
  return {
    value: "v",
    offset: "1",
    headers: {
      ...(sender === undefined ? {} : { traceparent: traceparent(sender) }),
      ...(origin === undefined ? {} : { "origin-traceparent": traceparent(origin) }),
    },
  };
}

interface Root {
  readonly parent: string | undefined;
  readonly links: readonly string[];
}

/** Computes the expected parent and links by the plain rule, without the optimizations of the code. */
function plainRoot(batch: readonly Sent[], mode: "linked" | "continuous"): Root {
  const all = (pick: (sent: Sent) => number | undefined): number[] => [
    ...new Set(batch.map(pick).filter((id) => id !== undefined)),
  ];
  const senders = all(({ sender }) => sender);
  const origins = all(({ origin }) => origin);
  const isOneWork = senders.length <= 1 && origins.length <= 1;
  const parent = mode === "continuous" && isOneWork ? (origins[0] ?? senders[0]) : undefined;
  const deliveries = senders.filter((id) => id !== parent).map((id) => `delivery: ${ids(id)}`);
  const others = origins.filter((id) => id !== parent && !senders.includes(id));
  return {
    parent: parent === undefined ? undefined : ids(parent),
    links: [...deliveries, ...others.map((id) => `origin: ${ids(id)}`)].slice(0, LIMIT),
  };
}

const number = (below: number) => fc.option(fc.nat(below), { nil: undefined });

/** Few ids make many messages with the same sender. Many ids make more senders than one span can link to. */
const batch = fc
  .constantFrom(0, 1, 3, 150, 400)
  .chain((below) =>
    fc.array(fc.record({ sender: number(below), origin: number(below) }), { maxLength: 500, size: "max" }),
  );

describe("a batch with senders that repeat", () => {
  test("has the parent and the links of the plain rule", () => {
    fc.assert(
      fc.property(batch, fc.constantFrom("linked", "continuous"), (sent, mode) => {
        telemetry.reset();
        const source = { topic: "t", messages: sent.map(messageOf) };
        withLinkedTrace({ name: "process", source, mode }, () => {});
        const [span] = telemetry.finished;
        const recorded = { parent: idsOf(span?.parentSpanContext), links: linksOf(span?.links ?? []) };
        expect(recorded).toEqual(plainRoot(sent, mode));
      }),
      { numRuns: 300, seed: 20_261_201 },
    );
  });

  test("forwards the origin of the first message that has one, else the first sender", () => {
    const few = fc.array(fc.record({ sender: number(9), origin: number(9) }), { maxLength: LIMIT - 1 });
    fc.assert(
      fc.property(few, (sent) => {
        const first = sent.find(({ origin }) => origin !== undefined)?.origin ?? firstSender(sent);
        const source = { topic: "t", messages: sent.map(messageOf) };
        const forwarded = withLinkedTrace({ name: "process", source }, () => forwardOrigin({}));
        expect(forwarded).toHaveProperty(["traceparent"]);
        expect(Reflect.get(forwarded, "origin-traceparent")).toBe(
          first === undefined ? undefined : traceparent(first),
        );
      }),
      { numRuns: 300, seed: 20_261_201 },
    );
  });
});

function firstSender(sent: readonly Sent[]): number | undefined {
  return sent.find(({ sender }) => sender !== undefined)?.sender;
}

/** Messages that count how often somebody reads their headers. */
class CountedBatch {
  readonly reads: number[];
  readonly messages: object[];

  constructor(size: number, traceparentOf: (index: number) => string) {
    this.reads = Array.from({ length: size }, () => 0);
    this.messages = Array.from({ length: size }, (_, index) => {
      const headers = Object.defineProperty({}, "traceparent", {
        enumerable: true,
        get: () => {
          this.reads[index] = (this.reads[index] ?? 0) + 1;
          return traceparentOf(index);
        },
      });
      return { value: "v", offset: `${index}`, headers };
    });
  }

  get readMessages(): number {
    return this.reads.filter((count) => count > 0).length;
  }

  get all(): number {
    return this.reads.reduce((sum, count) => sum + count, 0);
  }
}

describe("a batch of 20,000 messages", () => {
  const SIZE = 20_000;

  test("is read only until the span has all the links that it can have", () => {
    const { messages, ...counted } = new CountedBatch(SIZE, traceparent);
    withLinkedTrace({ name: "process", source: { topic: "t", messages } }, () => {});
    expect(telemetry.finished[0]?.links).toHaveLength(LIMIT);
    expect(counted.reads.filter((count) => count > 0)).toHaveLength(LIMIT);
  });

  test("of one sender is read once per message", () => {
    const counted = new CountedBatch(SIZE, () => TRACEPARENT);
    const source = { topic: "t", messages: counted.messages };
    withLinkedTrace({ name: "process", source, mode: "continuous" }, () =>
      expect(idsOf(telemetry.started[0]?.parentSpanContext)).toBe(SENT_IDS),
    );
    expect(counted.readMessages).toBe(SIZE);
    expect(counted.all).toBe(SIZE);
  });

  test("has no single carrier, which is known after the second message", () => {
    const looks = new Set<string>();
    const messages = new Proxy(new CountedBatch(SIZE, traceparent).messages, {
      get(target, key, receiver) {
        looks.add(String(key));
        return Reflect.get(target, key, receiver);
      },
    });
    expect(carrierFor({ topic: "t", messages })).toBeUndefined();
    expect([...looks].filter((key) => /^\d+$/.test(key))).toEqual(["0", "1"]);
    expect(carriersIn({ topic: "t", messages })).toHaveLength(SIZE);
  });
});

describe("one bad message among others", () => {
  const good = (id: number): object => messageOf({ sender: id, origin: undefined });
  const throwing = (): never => {
    throw new Error("a getter of the application");
  };

  test.each([
    ["that cannot be looked at", new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing })],
    ["whose headers throw", { value: "v", offset: "1", headers: new Proxy({}, { ownKeys: throwing }) }],
    ["that is nothing", undefined],
  ])("%s loses only its own link", (_name, bad) => {
    const source = { topic: "t", messages: [good(1), bad, good(2)] };
    expect(withLinkedTrace({ name: "process", source }, () => 7)).toBe(7);
    expect(linksOf(telemetry.finished[0]?.links ?? [])).toEqual([
      `delivery: ${ids(1)}`,
      `delivery: ${ids(2)}`,
    ]);
    expect(telemetry.diagnostics.join()).not.toContain("application");
  });

  test("at which the propagator throws loses only its own link", () => {
    const w3c = new W3CTraceContextPropagator();
    const propagator: TextMapPropagator = {
      inject: (...args) => w3c.inject(...args),
      fields: () => w3c.fields(),
      extract(context, carrier, getter) {
        const found = w3c.extract(context, carrier, getter);
        const span: SpanContext | undefined = trace.getSpanContext(found);
        if (span?.spanId === spanId(2)) throw new Error("a propagator of the application");
        return found;
      },
    };
    const source = { topic: "t", messages: [good(1), good(2), good(3)] };
    withLinkedTrace({ name: "process", source, propagator }, () => {});
    expect(linksOf(telemetry.finished[0]?.links ?? [])).toEqual([
      `delivery: ${ids(1)}`,
      `delivery: ${ids(3)}`,
    ]);
  });
});

describe("removing fields from a carrier", () => {
  test("takes one pass over names that differ in case only", () => {
    const names = Array.from({ length: 1024 }, (_, bits) =>
      Array.from("traceparent", (letter, at) => (bits & (1 << at) ? letter.toUpperCase() : letter)).join(""),
    );
    let listings = 0;
    const carrier = new Proxy<Record<string, string>>(Object.fromEntries(names.map((name) => [name, "x"])), {
      ownKeys(target) {
        listings += 1;
        return Reflect.ownKeys(target);
      },
    });
    const found = carrierFor({ headers: carrier });
    listings = 0;
    found?.remove(found.carrier, "traceparent");
    expect(Object.keys(carrier)).toEqual([]);
    expect(listings).toBeLessThanOrEqual(3);
  });

  test("takes one pass over a list of Redis fields", () => {
    const list = Array.from({ length: 20_000 }, (_, index) =>
      index % 2 === 1 ? TRACEPARENT : index % 4 === 0 ? "traceparent" : "plan",
    );
    let writes = 0;
    const carrier = new Proxy(list, {
      set(target, key, value) {
        writes += 1;
        return Reflect.set(target, key, value);
      },
    });
    const found = carrierFor(carrier);
    found?.remove(found.carrier, "traceparent");
    expect(list).toEqual(
      Array.from({ length: 10_000 }, (_, index) => (index % 2 === 1 ? TRACEPARENT : "plan")),
    );
    expect(writes).toBeLessThanOrEqual(10_001);
  });
});
