/**
 * Names that every object has (`__proto__`, `constructor`), in what a model answers, a client posts or a carrier holds,
 * change no object of the language. And what something else has put on `Object.prototype` is not recorded.
 *
 * Holds: prototypes.
 */
import { trace } from "@opentelemetry/api";
import { withTurn, wrapAISDK } from "ai-spans";
import { forwardOrigin, injectContext, withLinkedTrace, withRemoteContext } from "ai-spans/propagation";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { callsTool, drain, says } from "../conformance/script.ts";
import { SHAPES } from "../propagation/carrier-shapes.ts";
import { idsOf, SENT, SENT_IDS, TRACEPARENT } from "../propagation/sent-spans.ts";
import { majors, type CallParameters, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree, type ExpectedSpan } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";

const SHARED: Readonly<Record<string, object>> = {
  Object: Object.prototype,
  Function: Function.prototype,
  Array: Array.prototype,
  String: String.prototype,
  Map: Map.prototype,
  Promise: Promise.prototype,
  Error: Error.prototype,
  Headers: Headers.prototype,
  ReadableStream: ReadableStream.prototype,
  "constructor of objects": Object,
};

type State = Readonly<Record<string, readonly (readonly [PropertyKey, PropertyDescriptor | undefined])[]>>;

function stateOfShared(): State {
  return Object.fromEntries(
    Object.entries(SHARED).map(([name, value]) => [
      name,
      Reflect.ownKeys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)] as const),
    ]),
  );
}

/** An object as `JSON.parse` makes it of what a client posts: `__proto__` is an own property. */
function posted(fields: object): object {
  const text = `{ "__proto__": { "polluted": "x" }, "constructor": { "prototype": { "polluted": "x" } } }`;
  const hostile = JSON.parse(text) as object;
  return Object.defineProperties(hostile, Object.getOwnPropertyDescriptors(fields));
}

let before: State;
beforeEach(() => {
  before = stateOfShared();
});
afterEach(() => {
  for (const key of ["polluted", "plan", "traceparent"]) Reflect.deleteProperty(Object.prototype, key);
});

function expectUntouched(): void {
  expect(stateOfShared()).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

function telemetryOf({ name }: Major, metadata: object): CallParameters {
  if (name !== "v7") return { experimental_telemetry: { functionId: "booking-agent", metadata } };
  const includeRuntimeContext = Object.fromEntries(
    [...Object.keys(metadata), "polluted"].map((key) => [key, true]),
  );
  return {
    telemetry: { functionId: "booking-agent", includeRuntimeContext },
    runtimeContext: metadata,
  };
}

/** v5 and v6 take what every object has for a tool of the run that has no `execute`, so the run ends with that call. */
function expectedRun({ name }: Major): ExpectedSpan {
  const attributes = { "ai_spans.turn.channel": "web", "ai_spans.metadata.plan": "pro" };
  const asks = chatSpan({ streaming: true, finish: "tool_call" });
  if (name !== "v7") return agentSpan({ attributes }, [asks]);
  const refused = (id: string): ExpectedSpan => toolSpan("_OTHER", id, { error: "AI_NoSuchToolError" });
  const children = [asks, refused("__proto__"), asks, refused("constructor"), chatSpan({ streaming: true })];
  return agentSpan({ attributes }, children);
}

test.each(WAYS)("tools that a model calls by such names, and metadata with them, by $title", async (way) => {
  const { major } = way;
  const { telemetry } = await compare(way, async (sdk) => {
    const { model } = scriptedModel(major, [
      callsTool("__proto__", "__proto__"),
      callsTool("constructor", "constructor"),
      says("a room"),
    ]);
    const inputSchema = sdk.jsonSchema({ type: "object" });
    const turn = posted({ plan: "pro" });
    const result = withTurn({ ...turn }, () =>
      sdk.streamText({
        model,
        prompt: "a room",
        stopWhen: major.stepCount(4),
        tools: { searchRooms: sdk.tool({ inputSchema, execute: () => 2 }) },
        onError() {},
        ...telemetryOf(major, posted({ channel: "web" })),
      }),
    );
    await drain(result);
  });
  expectUntouched();
  await expectSpanTree(telemetry, [expectedRun(major)]);
});

test.each(SHAPES)("a carrier with such names: $name", ({ source }) => {
  const telemetry = setupTelemetry();
  const isPlain = Object.getPrototypeOf(source) === Object.prototype;
  const hostile = isPlain ? posted(source as object) : source;
  const active = withRemoteContext(hostile, () => idsOf(trace.getActiveSpan()?.spanContext()));
  expect(active).toBe(SENT_IDS);
  const forwarded = withLinkedTrace({ name: "work", source: hostile }, () =>
    forwardOrigin(posted({ headers: posted({}) })),
  );
  expect(JSON.stringify(forwarded)).toContain("traceparent");
  const links = telemetry.finished.flatMap((span) => span.links.map(({ context }) => idsOf(context)));
  expect(links).toEqual([SENT_IDS]);
  expectUntouched();
});

test("baggage with such names", () => {
  setupTelemetry();
  const baggage = "__proto__=x,constructor=y,toString=z";
  const forwarded = withRemoteContext({ ...SENT, baggage }, () => injectContext(posted({ a: "1" })));
  expect(Object.keys(forwarded)).toContain("traceparent");
  expectUntouched();
});

test.each(majors)(
  "a prototype that something else has changed gives no metadata, on $name",
  async (major) => {
    const telemetry = setupTelemetry();
    const { model } = scriptedModel(major, [says("a room")]);
    Object.assign(Object.prototype, { polluted: "x" });
    await wrapAISDK(major.ai).generateText({
      model,
      prompt: "a room",
      ...telemetryOf(major, { plan: "pro" }),
    });
    Reflect.deleteProperty(Object.prototype, "polluted");
    await expectSpanTree(telemetry, [
      agentSpan({ attributes: { "ai_spans.metadata.plan": "pro" } }, [chatSpan()]),
    ]);
  },
);

test("a prototype that something else has changed gives no trace context", () => {
  setupTelemetry();
  Object.assign(Object.prototype, { traceparent: TRACEPARENT });
  const active = withRemoteContext({ host: "a.test" }, () => trace.getActiveSpan());
  Reflect.deleteProperty(Object.prototype, "traceparent");
  expect(active).toBeUndefined();
});
