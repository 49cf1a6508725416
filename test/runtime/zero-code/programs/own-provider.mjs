// Wraps the SDK with a provider and a namespace of its own, and prints the names of the spans that this provider gets.
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import * as sdk from "ai";
import { wrapAISDK } from "ai-spans";
import agent from "./agent.js";
import workload from "./workload.cjs";

const exporter = new InMemorySpanExporter();
const tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const ai = wrapAISDK(sdk, { tracerProvider, namespace: "booking" });
await agent.loop(ai, workload.majorOf(sdk));
const spans = exporter.getFinishedSpans();
const keys = spans
  .flatMap(({ attributes }) => Object.keys(attributes))
  .filter((key) => /^(booking|ai_spans)\./.test(key));
console.log(JSON.stringify({ names: spans.map(({ name }) => name), keys: [...new Set(keys)] }));
