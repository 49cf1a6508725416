/**
 * Baggage entries and members of tracestate on an allow-list become attributes of our spans, on every major. Spans of
 * the application do not get them.
 */
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { createBaggageSpanProcessor, withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { declareNames } from "../registry/declared-names.ts";
import { majors } from "../support/majors.ts";
import { SENT } from "./sent-spans.ts";
import { scriptedModel } from "../support/scripted-model.ts";

declareNames({ attributes: ["tenant.id", "tenant.plan", "acme", "acme@tenant"] });

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({
  spanProcessors: [
    createBaggageSpanProcessor({ keys: ["tenant.id", "tenant.plan"], traceState: ["acme", "acme@tenant"] }),
    new SimpleSpanProcessor(exporter),
  ],
});

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
beforeEach(() => exporter.reset());

const tenantKeys = (attributes: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => /tenant|secret/.test(key)));
const source = { baggage: `tenant.id=t-7,secret=s,tenant.plan=${"p".repeat(2000)}` };

describe.each(majors)("on $name", (major) => {
  test("entries on the list are attributes of every agent span, cut at 1,024 characters", async () => {
    const sdk = wrapAISDK(major.ai, { tracerProvider });
    const { model } = scriptedModel(major, [
      { parts: [{ toolCall: { id: "c", name: "search" } }], finish: "tool-calls" },
      { parts: [{ text: "done" }] },
    ]);
    const search = sdk.tool({
      inputSchema: sdk.jsonSchema({ type: "object" }),
      execute: async () => "room 7",
    });
    await withRemoteContext(source, () =>
      sdk.generateText({ model, prompt: "book", tools: { search }, stopWhen: major.stepCount(2) }),
    );
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(4);
    for (const { attributes } of spans) {
      expect(tenantKeys(attributes)).toEqual({ "tenant.id": "t-7", "tenant.plan": "p".repeat(1024) });
    }
  });
});

test("the root of a linked trace has them, and a span of the application has none", () => {
  withLinkedTrace({ name: "process", source, tracerProvider }, () => {
    tracerProvider.getTracer("application").startSpan("own").end();
  });
  const [own, root] = exporter.getFinishedSpans();
  expect(tenantKeys(own?.attributes ?? {})).toEqual({});
  expect(tenantKeys(root?.attributes ?? {})).toHaveProperty(["tenant.id"], "t-7");
});

describe("members of tracestate on the list", () => {
  const carried = { ...SENT, tracestate: `acme@tenant=t-7,other=o,acme=${"p".repeat(200)}` };
  const memberKeys = (attributes: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(attributes).filter(([key]) => /acme|other/.test(key)));
  const expected = { acme: "p".repeat(200), "acme@tenant": "t-7" };

  test("are attributes of every span below the sender's", async () => {
    const [major] = majors;
    const { model } = scriptedModel(major!, [{ parts: [{ text: "done" }] }]);
    const sdk = wrapAISDK(major!.ai, { tracerProvider });
    await withRemoteContext(carried, () => sdk.generateText({ model, prompt: "book" }));
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ attributes }) => memberKeys(attributes))).toEqual([expected, expected]);
  });

  test("are attributes of a root that links to the sender", () => {
    withLinkedTrace({ name: "process", source: carried, tracerProvider }, () => {});
    expect(memberKeys(exporter.getFinishedSpans()[0]?.attributes ?? {})).toEqual(expected);
  });

  test("are not on a span of the application", () => {
    withRemoteContext(carried, () => tracerProvider.getTracer("application").startSpan("own").end());
    expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({});
  });
});

test("an entry does not replace an attribute that the span has", () => {
  withLinkedTrace({ name: "process", source, tracerProvider, attributes: { "tenant.id": "own" } }, () => {});
  expect(exporter.getFinishedSpans()[0]?.attributes).toHaveProperty(["tenant.id"], "own");
});

test("the active baggage stays the same in the work", () => {
  const own = propagation.createBaggage({ "tenant.id": { value: "own" } });
  const local = propagation.setBaggage(ROOT_CONTEXT, own);
  context.with(local, () => {
    withLinkedTrace({ name: "process", tracerProvider }, () => {
      expect(propagation.getActiveBaggage()).toBe(own);
    });
  });
});

test("a span without baggage gets nothing", () => {
  withLinkedTrace({ name: "process", tracerProvider }, () => {});
  expect(exporter.getFinishedSpans()[0]?.attributes).toEqual({ "ai_spans.trace.mode": "linked" });
});

test.each([
  [undefined],
  [{}],
  [{ keys: [] }],
  [{ keys: [""] }],
  [{ keys: [7] }],
  [{ keys: Array.from({ length: 33 }, (_, index) => `k${index}`) }],
  [{ keys: ["a"], traceState: [] }],
  [{ traceState: [""] }],
])("refuses %j as options", (options) => {
  // A program without types may pass such options.
  expect(() => createBaggageSpanProcessor(options as { keys: string[] })).toThrow(
    /^createBaggageSpanProcessor: (keys|traceState) must be a list/,
  );
});
