// `printing.mjs MAJOR WAY`: prints what the program gets and what is exported. Nothing in it may differ under the doctor.
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-base";
import { createModel, PROMPT } from "./model.mjs";
import { register } from "./telemetry.mjs";

const [major, way] = process.argv.slice(2);
const ai = await import({ v5: "ai-v5", v6: "ai-v6", v7: "ai" }[major]);
const exporter = new InMemorySpanExporter();
const provider = register({ exporter, batch: true });
if (way === "adapter") ai.registerTelemetry(createAISDKTelemetry());
const sdk = way === "wrapper" ? wrapAISDK(ai) : ai;

const order = [];
const call = { model: createModel(major), prompt: PROMPT, onStepFinish: () => order.push("step") };
const { text, finishReason } = await sdk.generateText(call);
const streamed = sdk.streamText({ ...call, onFinish: () => order.push("finish") });
const parts = [];
for await (const part of streamed.fullStream) parts.push(part.type);
const failed = await sdk.generateText({ ...call, model: 1 }).catch((error) => error.name);
const left = sdk.streamText(call);
for await (const part of left.textStream) {
  order.push(part);
  break;
}
await provider.forceFlush();
const spans = exporter.getFinishedSpans().map(({ name, kind, status, attributes, parentSpanContext }) => ({
  name,
  kind,
  status,
  keys: Object.keys(attributes),
  hasParent: parentSpanContext !== undefined,
}));
console.log(
  JSON.stringify({ text, finishReason, parts, failed, order, spans, globals: Object.keys(globalThis) }),
);
process.exitCode = 3;
