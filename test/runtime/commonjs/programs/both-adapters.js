// Both builds of the package in one process: an adapter of each is registered, then each wraps the SDK as well.
"use strict";
const required = require("ai-spans");
const testing = require("ai-spans/testing");
const { runAgent } = require("./agent.js");
const { printSpans } = require("./telemetry.js");

void printSpans(testing, async () => {
  const imported = await import("ai-spans");
  const ai = await import("ai");
  for (const build of [required, imported]) ai.registerTelemetry(build.createAISDKTelemetry());
  const texts = [];
  for (const sdk of [ai, required.wrapAISDK(ai), imported.wrapAISDK(ai)]) {
    texts.push(...(await runAgent(sdk, "v7")));
  }
  return { areTwo: required.createAISDKTelemetry !== imported.createAISDKTelemetry, texts };
});
