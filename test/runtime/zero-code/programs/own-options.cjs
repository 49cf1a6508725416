// Registers the instrumentation of the CommonJS build with a provider and a namespace of its own, and prints the names and
// keys of the spans that this provider gets.
"use strict";
// The SDK's list of integrations may be fixed.
globalThis.AI_SDK_TELEMETRY_INTEGRATIONS ??= Object.freeze([]);
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} = require("@opentelemetry/sdk-trace-node");
const { AISDKInstrumentation } = require("ai-spans/instrumentation");

const exporter = new InMemorySpanExporter();
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const instrumentations = [new AISDKInstrumentation({ namespace: "booking" })];
registerInstrumentations({ instrumentations, tracerProvider });

const ai = require("ai");
const { loop } = require("./agent.js");
const { majorOf } = require("./workload.cjs");

void loop(ai, majorOf(ai)).then(() => {
  const spans = exporter.getFinishedSpans();
  const keys = spans.flatMap(({ attributes }) => Object.keys(attributes));
  const ours = new Set(keys.filter((key) => /^(booking|ai_spans)\./.test(key)));
  console.log(JSON.stringify({ names: spans.map(({ name }) => name), keys: [...ours] }));
});
