/**
 * Carriers that are malformed or made to do harm. They are ignored with one warning at most, nothing is thrown, and
 * nothing of them is forwarded.
 *
 * Holds: hostile-carriers.
 */
import { propagation, trace } from "@opentelemetry/api";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { SHAPES } from "./carrier-shapes.ts";
import { SENT_IDS, idsOf, SPAN_ID, TRACE_ID, TRACEPARENT } from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
  // The entry warns of each problem once, so each test loads a new copy of it.
  vi.resetModules();
});
afterEach(() => {
  propagation.disable();
});

const load = async () => import("ai-spans/propagation");
const members = (count: number): string =>
  Array.from({ length: count }, (_, index) => `v${index}=x`).join(",");
const throwing = (): never => {
  throw new Error("a getter of the application");
};
const withThrowingField = (): object =>
  Object.defineProperty({}, "traceparent", { get: throwing, enumerable: true });

interface Hostile {
  readonly name: string;
  readonly source: () => unknown;
  /** The span context is valid, so it is used. Everything else is ignored. */
  readonly keepsSpan?: true;
}

const HOSTILE: readonly Hostile[] = [
  { name: "version ff", source: () => ({ traceparent: `ff-${TRACE_ID}-${SPAN_ID}-01` }) },
  { name: "version 00 with more than it has", source: () => ({ traceparent: `${TRACEPARENT}-more` }) },
  { name: "an all-zero trace id", source: () => ({ traceparent: `00-${"0".repeat(32)}-${SPAN_ID}-01` }) },
  { name: "an all-zero span id", source: () => ({ traceparent: `00-${TRACE_ID}-${"0".repeat(16)}-01` }) },
  { name: "upper case ids", source: () => ({ traceparent: TRACEPARENT.toUpperCase() }) },
  { name: "two traceparents", source: () => ({ traceparent: [TRACEPARENT, TRACEPARENT] }) },
  { name: "a header of 10 MB", source: () => ({ traceparent: TRACEPARENT + "0".repeat(10_000_000) }) },
  {
    name: "10 MB of bytes",
    source: () => ({ value: "", headers: { traceparent: new Uint8Array(10_000_000) } }),
  },
  { name: "a line break", source: () => ({ traceparent: `${TRACEPARENT}\r\nx-admin: 1` }) },
  { name: "a number", source: () => ({ traceparent: 7 }) },
  { name: "an object", source: () => ({ traceparent: { toString: throwing } }) },
  { name: "a list of other things", source: () => ({ traceparent: [TRACEPARENT, {}] }) },
  { name: "a nested list without end", source: () => endless() },
  { name: "lists in lists by the billion", source: () => ({ traceparent: doubled(40) }) },
  { name: "a getter that throws", source: withThrowingField },
  { name: "headers that throw", source: () => Object.defineProperty({}, "headers", { get: throwing }) },
  {
    name: "methods that throw",
    source: () => ({ get: throwing, set: throwing, has: throwing, keys: throwing }),
  },
  { name: "a proxy that throws", source: () => new Proxy({}, { get: throwing, ownKeys: throwing }) },
  { name: "a revoked proxy", source: () => revoked() },
  { name: "metadata that is no JSON", source: () => ({ telemetry: { metadata: "{" } }) },
  {
    name: "a payload that is no JSON",
    source: () => ({ "_tracer-data": { data: Buffer.from("{") } }),
  },
  {
    name: "1,000 tracestate members",
    source: () => ({ traceparent: TRACEPARENT, tracestate: members(1000) }),
    keepsSpan: true,
  },
  {
    name: "33 tracestate members",
    source: () => ({ traceparent: TRACEPARENT, tracestate: members(33) }),
    keepsSpan: true,
  },
  {
    name: "a tracestate of 10 MB",
    source: () => ({ traceparent: TRACEPARENT, tracestate: `a=${"b".repeat(10_000_000)}` }),
    keepsSpan: true,
  },
  {
    name: "a baggage of 10 MB",
    source: () => ({ traceparent: TRACEPARENT, baggage: `a=${"b".repeat(10_000_000)}` }),
    keepsSpan: true,
  },
  {
    name: "a line break in baggage",
    source: () => ({ traceparent: TRACEPARENT, baggage: "a=b\r\nx-admin: 1" }),
    keepsSpan: true,
  },
];

function endless(): object {
  const list: unknown[] = [];
  list.push(list);
  return { traceparent: list };
}

function doubled(depth: number): unknown {
  let list: unknown = "0";
  for (let level = 0; level < depth; level++) list = [list, list];
  return list;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe.each(HOSTILE)("$name", ({ source, keepsSpan }) => {
  test("is ignored, with one warning at most", async () => {
    const { withRemoteContext, injectContext } = await load();
    const carrier = source();
    const inside = withRemoteContext(carrier, () => ({
      span: trace.getActiveSpan()?.spanContext(),
      forwarded: injectContext({}),
    }));
    expect(idsOf(inside.span)).toBe(keepsSpan ? SENT_IDS : undefined);
    expect(inside.forwarded).toEqual(keepsSpan ? { traceparent: TRACEPARENT } : {});
    expect(telemetry.diagnostics.length).toBeLessThanOrEqual(1);
    expect(telemetry.diagnostics.join()).not.toContain("application");
  });

  test("links to nothing, as a source and as an origin", async () => {
    const { withLinkedTrace } = await load();
    expect(withLinkedTrace({ name: "work", source: source(), origin: source() }, () => 7)).toBe(7);
    expect(telemetry.finished[0]?.links.map(({ context }) => idsOf(context))).toEqual(
      keepsSpan ? [SENT_IDS] : [],
    );
    expect(telemetry.diagnostics.length).toBeLessThanOrEqual(1);
  });

  test("is not forwarded when it is enqueued again", async () => {
    const { withLinkedTrace, forwardOrigin } = await load();
    const carrier = source();
    withLinkedTrace({ name: "work", source: carrier }, () => expect(forwardOrigin(carrier)).toBe(carrier));
    expect(telemetry.diagnostics.length).toBeLessThanOrEqual(1);
    const { carrierFor } = await load();
    const found = carrierFor(carrier);
    if (!found) return;
    const own = telemetry.finished[0]?.spanContext();
    const written = found.getter.get(found.carrier, "traceparent");
    expect([undefined, `00-${own?.traceId}-${own?.spanId}-01`]).toContain(written);
    expect(found.getter.get(found.carrier, "tracestate")).toBeUndefined();
  });
});

test("the work runs although its carrier cannot be written, with one warning", async () => {
  const { withProducerSpan } = await load();
  expect(withProducerSpan({ name: "send", carrier: Object.freeze({ a: 1 }) }, () => "sent")).toBe("sent");
  expect(telemetry.diagnostics).toHaveLength(1);
});

test("a propagator that throws or returns an invalid span does no harm", async () => {
  const { injectContext, withRemoteContext } = await load();
  const broken = { inject: throwing, extract: throwing, fields: throwing };
  expect(withRemoteContext({ traceparent: TRACEPARENT }, () => 7, { propagator: broken })).toBe(7);
  expect(injectContext({ a: 1 }, { propagator: broken })).toEqual({ a: 1 });
  const invalid = { traceId: "junk", spanId: "", traceFlags: 1 };
  const inventive = {
    inject: () => {},
    extract: (...[active]: Parameters<typeof trace.deleteSpan>) => trace.setSpanContext(active, invalid),
    fields: () => [],
  };
  withRemoteContext({ a: "1" }, () => expect(trace.getActiveSpan()).toBeUndefined(), {
    propagator: inventive,
  });
});

/** Names by which shapes are recognized, and the names of the fields. */
const FIELDS = (
  "traceparent tracestate baggage origin-traceparent TRACEPARENT _otel _meta headers data body opts properties " +
  "fields MessageAttributes Records messages queue params metadata telemetry _tracer-data handshake auth issued " +
  "message id value"
).split(" ");

describe("fuzzed", () => {
  const junk = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constant(TRACEPARENT),
    fc.uint8Array({ maxLength: 80 }),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
  );
  const fields = fc.constantFrom(...FIELDS);
  const carrier = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      junk,
      fc.dictionary(fields, tie("node"), { maxKeys: 6 }),
      fc.array(tie("node")),
    ),
  })).node;
  const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/;
  const SINGLE_LINE = /^[\t\u0020-\u007e]*$/;

  test("carriers of any structure are read, linked to, forwarded and written without harm", async () => {
    const { carriersIn, forwardOrigin, injectContext, withLinkedTrace, withRemoteContext } = await load();
    fc.assert(
      fc.property(carrier, (source) => {
        for (const { carrier: found, getter } of carriersIn(source)) {
          for (const key of getter.keys(found)) getter.get(found, key);
        }
        const forwarded = withRemoteContext(source, () => injectContext({}));
        if ("traceparent" in forwarded) expect(forwarded.traceparent).toMatch(VALID);
        for (const value of Object.values(forwarded)) expect(value).toMatch(SINGLE_LINE);
        expect(
          withLinkedTrace({ name: "work", source, origin: source }, () => forwardOrigin({})),
        ).toHaveProperty("traceparent", expect.stringMatching(VALID));
        withLinkedTrace({ name: "work", source }, () => forwardOrigin(source));
      }),
      { numRuns: 2000, seed: 20_261_121 },
    );
  });

  test("headers of any text lead to a valid span context or to none", async () => {
    const { injectContext, withRemoteContext } = await load();
    const hex = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789abcdefABCDEFg -\r\n")),
      maxLength: 60,
    });
    const header = fc.oneof(
      hex,
      fc.tuple(hex, hex, hex, hex).map((parts) => parts.join("-")),
      fc.constantFrom("00", "01", "fe", "ff").map((version) => `${version}${TRACEPARENT.slice(2)}`),
      fc.tuple(fc.nat(TRACEPARENT.length), hex).map(([at, text]) => TRACEPARENT.slice(0, at) + text),
    );
    fc.assert(
      fc.property(header, fc.string({ maxLength: 600 }), fc.string({ maxLength: 600 }), (...values) => {
        const [traceparent, tracestate, baggage] = values;
        const forwarded = withRemoteContext({ traceparent, tracestate, baggage }, () => injectContext({}));
        if ("traceparent" in forwarded) expect(forwarded.traceparent).toMatch(VALID);
        for (const value of Object.values(forwarded)) expect(value).toMatch(SINGLE_LINE);
      }),
      { numRuns: 5000, seed: 20_261_121 },
    );
  });

  test("every known shape survives any value in its fields", async () => {
    const { carrierFor, injectContext, withRemoteContext } = await load();
    fc.assert(
      fc.property(
        fc.constantFrom(...SHAPES),
        fc.constantFrom("traceparent", "tracestate"),
        junk,
        (shape, key, value) => {
          const found = carrierFor(structureOf(shape.source, key, value));
          found?.getter.get(found.carrier, key);
          found?.getter.keys(found.carrier);
          if (found) withRemoteContext({ traceparent: TRACEPARENT }, () => injectContext(found.carrier));
        },
      ),
      { numRuns: 2000, seed: 20_261_121 },
    );
  });
});

/** Copies a shape, and replaces every value that has this name. */
function structureOf(source: unknown, key: string, value: unknown): unknown {
  if (Array.isArray(source)) return source.map((entry) => structureOf(entry, key, value));
  if (typeof source !== "object" || source === null || ArrayBuffer.isView(source)) return source;
  if (Object.getPrototypeOf(source) !== Object.prototype) return source;
  return Object.fromEntries(
    Object.entries(source).map(([name, inner]) => [
      name,
      name === key ? value : structureOf(inner, key, value),
    ]),
  );
}
