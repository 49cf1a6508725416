/**
 * Without a tracer provider and a meter provider a registered adapter has no callbacks, so the SDK builds no events for it.
 * An adapter that another integration copies has them all, because its program may register a provider later.
 *
 * Holds: unsampled-is-bare.
 */
import { metrics, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createAISDKTelemetry } from "ai-spans";
import { createSpanRecorder } from "ai-spans/testing";
import { afterEach, expect, test } from "vitest";
import { callCount } from "../../src/adapter/calls.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { parameters, run } from "./application.ts";
import { KINDS } from "../exits/run-call.ts";

/** The SDK reads each of them once for a call. */
const CALLBACKS = [
  "executeLanguageModelCall",
  "executeTool",
  "onAbort",
  "onEmbedEnd",
  "onEmbedStart",
  "onEnd",
  "onError",
  "onObjectStepEnd",
  "onObjectStepStart",
  "onRerankStart",
  "onStart",
  "onStepEnd",
  "onStepError",
  "onToolExecutionEnd",
] as const;

function callbacksOf(adapter: ReturnType<typeof createAISDKTelemetry>): readonly string[] {
  return CALLBACKS.filter((name) => adapter[name] !== undefined);
}

afterEach(() => {
  registerIntegrations();
  trace.disable();
  metrics.disable();
});

test("an adapter has no callbacks until a tracer provider is registered", async () => {
  const adapter = createAISDKTelemetry();
  registerIntegrations(adapter);
  expect(callbacksOf(adapter)).toEqual([]);
  for (const kind of KINDS) await run(kind, parameters());
  expect(callCount()).toBe(0);

  const recorder = createSpanRecorder();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [recorder] }));
  expect(callbacksOf(adapter)).toEqual(CALLBACKS);
  for (const kind of KINDS) await run(kind, parameters());
  expect(recorder.finished.filter(({ name }) => name.startsWith("invoke_agent"))).toHaveLength(KINDS.length);

  trace.disable();
  expect(callbacksOf(adapter)).toEqual([]);
});

test("an adapter has its callbacks where only a meter provider is registered", () => {
  const adapter = createAISDKTelemetry();
  registerIntegrations(adapter);
  expect(callbacksOf(adapter)).toEqual([]);
  metrics.setGlobalMeterProvider(new MeterProvider());
  expect(callbacksOf(adapter)).toEqual(CALLBACKS);
});

test("an adapter with a provider in its options always has its callbacks", () => {
  const tracerProvider = new BasicTracerProvider();
  const adapters = [
    createAISDKTelemetry({ tracerProvider }),
    createAISDKTelemetry({ meterProvider: new MeterProvider() }),
  ];
  registerIntegrations(...adapters);
  for (const adapter of adapters) expect(callbacksOf(adapter)).toEqual(CALLBACKS);
});

test.each([
  ["a spread", (adapter: object) => ({ ...adapter })],
  ["Object.assign", (adapter: object) => Object.assign({}, adapter)],
  [
    "a list of names",
    (adapter: object) => Object.fromEntries(CALLBACKS.map((name) => [name, Reflect.get(adapter, name)])),
  ],
])(
  "an integration that copies the adapter by %s before the registration has all callbacks",
  (_title, copy) => {
    expect(callbacksOf(copy(createAISDKTelemetry()))).toEqual(CALLBACKS);
  },
);

test("an adapter without callbacks is an object as any other, and has no callback that it does not use", () => {
  const adapter = createAISDKTelemetry();
  registerIntegrations(adapter);
  expect(Reflect.get(adapter, "toString")).toBe(Object.prototype.toString);
  expect(adapter.constructor).toBe(Object);
  expect(Object.keys(adapter).toSorted()).toEqual(CALLBACKS.toSorted());
});
