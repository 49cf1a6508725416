// Runs beside everything else of ai-spans that traces: the explicit wrapper, the adapter, instrumentations.
"use strict";
const { AISDKInstrumentation } = require("ai-spans/instrumentation");
const instrumentations = [new AISDKInstrumentation()];
const ai = require("ai");
const { createAISDKTelemetry, wrapAISDK } = require("ai-spans");
const { run } = require("./workload.cjs");

ai.registerTelemetry?.(createAISDKTelemetry());
async function main() {
  const { createAISDKTelemetry: createImported, wrapAISDK: wrapImported } = await import("ai-spans");
  const { AISDKInstrumentation: Imported } = await import("ai-spans/instrumentation");
  instrumentations.push(new Imported());
  ai.registerTelemetry?.(createImported());
  for (const sdk of [ai, wrapAISDK(ai), wrapImported(ai), await import("ai")]) await run(sdk);
}
void main();
