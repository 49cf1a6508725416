/**
 * Whatever fails around the work, the work runs once, and the caller gets what it returns or throws.
 */
import {
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  trace,
  type Context,
  type TextMapPropagator,
  type TracerProvider,
} from "@opentelemetry/api";
import {
  createBaggageSpanProcessor,
  forwardOrigin,
  injectContext,
  withLinkedTrace,
  withProducerSpan,
  withRemoteContext,
  type CarrierPair,
} from "ai-spans/propagation";
import { beforeEach, describe, expect, test } from "vitest";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { idsOf, linksOf, ORIGIN_TRACEPARENT, SENT, SENT_IDS, TRACEPARENT } from "./sent-spans.ts";

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});

const failing = (): never => {
  throw new Error("not the work's own failure");
};

type Work = <T>(work: () => T) => T;

/** Each function that runs work, with options that fail in one place. */
function waysWith(options: object): [name: string, run: Work][] {
  // JavaScript callers can pass such options.
  const allOptions = Object.create(
    { name: "work", source: SENT, carrier: {} },
    descriptorsOf(options),
  ) as never;
  return [
    ["withLinkedTrace", (work) => withLinkedTrace(allOptions, work)],
    ["withProducerSpan", (work) => withProducerSpan(allOptions, work)],
    ["withRemoteContext", (work) => withRemoteContext(SENT, work, allOptions)],
  ];
}

const descriptorsOf = (options: object): PropertyDescriptorMap => Object.getOwnPropertyDescriptors(options);
const throwingGetter = (key: string): object => Object.defineProperty({}, key, { get: failing });

/** A provider that throws, or whose tracer throws, or whose spans throw in one method. */
function brokenProvider(method: string): TracerProvider {
  const span = { spanContext: () => INVALID_SPAN_CONTEXT, isRecording: () => true };
  const provider = {
    getTracer: () => ({
      startSpan: () =>
        new Proxy(span, {
          get: (target, key) => (key === method ? failing : (Reflect.get(target, key) ?? (() => {}))),
        }),
    }),
  };
  const broken = { getTracer: failing };
  const noSpan = { getTracer: () => ({ startSpan: failing }) };
  const all: Record<string, unknown> = { getTracer: broken, startSpan: noSpan };
  return (all[method] ?? provider) as TracerProvider;
}

const brokenPropagator = (method: string): TextMapPropagator => {
  const sound = { inject: () => {}, extract: (active: Context) => active, fields: () => ["traceparent"] };
  return { ...sound, [method]: failing };
};

const brokenPair: CarrierPair = {
  getter: { get: failing, keys: failing },
  setter: { set: failing },
  remove: failing,
};

const OPTIONS: readonly (readonly [string, object])[] = [
  ...["name", "source", "origin", "kind", "attributes", "mode", "tracerProvider", "as", "propagator"].map(
    (key) => [`a getter of ${key} that throws`, throwingGetter(key)] as const,
  ),
  ["a getter of context that throws", throwingGetter("context")],
  ["a getter of carrier that throws", throwingGetter("carrier")],
  ["a context that is none", { context: {} }],
  ["a pair that fails", { as: brokenPair }],
  ...["getTracer", "startSpan", "end", "setAttribute", "setStatus"].map(
    (method) => [`a tracer that fails at ${method}`, { tracerProvider: brokenProvider(method) }] as const,
  ),
  ...["inject", "extract", "fields"].map(
    (method) => [`a propagator that fails at ${method}`, { propagator: brokenPropagator(method) }] as const,
  ),
];

describe.each(OPTIONS)("with %s", (_name, options) => {
  test.each(waysWith(options))(
    "%s runs its work once, and its outcome is the caller's",
    async (_way, run) => {
      let runs = 0;
      const failure = new RangeError("the work's own");
      const thrown = (): never => {
        runs += 1;
        throw failure;
      };
      expect(run(() => (runs += 1))).toBe(1);
      expect(() => run(thrown)).toThrow(failure);
      expect(await run(async () => (runs += 1))).toBe(3);
      await expect(run(async () => thrown())).rejects.toBe(failure);
      expect(runs).toBe(4);
      expect(telemetry.open).toEqual([]);
    },
  );
});

describe("a result that cannot be observed", () => {
  test("is returned unchanged, and the span ends", () => {
    const result = throwingGetter("then");
    expect(withLinkedTrace({ name: "work", source: SENT }, () => result)).toBe(result);
    const odd = Object.defineProperty(Promise.resolve(1), "constructor", { get: failing });
    expect(withLinkedTrace({ name: "work", source: SENT }, () => odd)).toBe(odd);
    expect([telemetry.finished.length, telemetry.open.length]).toEqual([2, 0]);
  });

  test("rejects once, for the caller only", async () => {
    const failure = new Error("no room");
    const rejections = await collectRejections(async () => {
      void withLinkedTrace({ name: "work", source: SENT }, async () => Promise.reject(failure));
    });
    expect(rejections).toEqual([failure]);
  });
});

describe("a failure loses only its own fact", () => {
  /** Works like the W3C propagator, but throws if the carrier has this field. */
  const failsAt = (field: string): TextMapPropagator => ({
    inject: (_context, carrier, setter) => setter.set(carrier, "traceparent", TRACEPARENT),
    fields: () => ["traceparent"],
    extract: (active, carrier, getter) => {
      if (getter.keys(carrier).includes(field)) failing();
      const text = String(getter.get(carrier, "traceparent"));
      const [, traceId = "", spanId = ""] = text.split("-");
      return trace.setSpanContext(active, { traceId, spanId, traceFlags: 1 });
    },
  });

  test("the sender is read although the origin cannot be read", () => {
    const pair: CarrierPair = {
      getter: {
        get: (_carrier, key) => (key.startsWith("origin-") ? failing() : TRACEPARENT),
        keys: () => ["traceparent"],
      },
      setter: { set: () => {} },
      remove: () => {},
    };
    withLinkedTrace({ name: "work", source: {}, as: pair }, () => {});
    expect(linksOf(telemetry.finished[0]?.links ?? [])).toEqual([`delivery: ${SENT_IDS}`]);
    const active = withRemoteContext({}, () => trace.getActiveSpan()?.spanContext(), { as: pair });
    expect(idsOf(active)).toBe(SENT_IDS);
  });

  test("a carrier that cannot be read can still be written", () => {
    const propagator = failsAt("broken");
    const carrier = { broken: "x" };
    withRemoteContext(SENT, () => injectContext(carrier, { propagator }));
    expect(carrier).toEqual({ broken: "x", traceparent: TRACEPARENT });
  });

  test("forwarding an origin does not throw if the pair throws", () => {
    const carrier = {};
    withLinkedTrace({ name: "work", source: { traceparent: ORIGIN_TRACEPARENT } }, () => {
      expect(forwardOrigin(carrier, { as: brokenPair })).toBe(carrier);
    });
    expect(telemetry.open).toEqual([]);
  });

  test("the other entries are set although one cannot be set", () => {
    const processor = createBaggageSpanProcessor({ keys: ["a", "b", "c"] });
    const baggage = propagation.createBaggage({ a: { value: "1" }, b: { value: "2" }, c: { value: "3" } });
    const set: string[] = [];
    const span = {
      instrumentationScope: { name: "ai-spans" },
      setAttribute: (key: string) => (key === "b" ? failing() : set.push(key)),
    };
    processor.onStart(span, propagation.setBaggage(ROOT_CONTEXT, baggage));
    expect(set).toEqual(["a", "c"]);
  });
});

describe("baggage", () => {
  test("is cut at 1,024 characters, and never inside a surrogate pair", () => {
    const processor = createBaggageSpanProcessor({ keys: ["long", "wide"] });
    const entries = { long: { value: "x".repeat(5000) }, wide: { value: `${"x".repeat(1023)}😀` } };
    const set: Record<string, string> = {};
    const span = {
      instrumentationScope: { name: "ai-spans" },
      setAttribute: (key: string, value: string) => (set[key] = value),
    };
    const baggage = propagation.createBaggage(entries);
    processor.onStart(span, propagation.setBaggage(ROOT_CONTEXT, baggage));
    expect(set).toEqual({ long: "x".repeat(1024), wide: "x".repeat(1023) });
  });

  test("of the caller wins over the sender's, also with a key like `__proto__`", () => {
    const entries = Object.fromEntries(
      ["__proto__", "plan", "tenant.id"].map((key) => [key, { value: "own" }] as const),
    );
    const own = propagation.createBaggage(entries);
    const context = propagation.setBaggage(ROOT_CONTEXT, own);
    const merged = withRemoteContext(
      { ...SENT, baggage: "tenant.id=sender,region=eu" },
      () => propagation.getActiveBaggage()?.getAllEntries(),
      { context },
    );
    expect(merged?.map(([name, { value }]) => `${name}=${value}`).toSorted()).toEqual([
      "__proto__=own",
      "plan=own",
      "region=eu",
      "tenant.id=own",
    ]);
  });
});

describe("a field with many values", () => {
  test("is read only up to the longest length of a field", () => {
    let reads = 0;
    const values = new Proxy(
      Array.from({ length: 64 }, () => "x".repeat(8000)),
      {
        get(target, key, receiver) {
          if (/^\d+$/.test(String(key))) reads += 1;
          return Reflect.get(target, key, receiver);
        },
      },
    );
    withRemoteContext({ traceparent: values }, () => expect(trace.getActiveSpan()).toBeUndefined());
    // The list is read twice: as a list of bytes, and as texts. The second text is already too long.
    expect(reads).toBeLessThanOrEqual(2 * 3);
  });
});
