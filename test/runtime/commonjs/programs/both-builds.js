// Both builds of the package in one process: what one wraps, the other wraps again.
"use strict";
const required = require("ai-spans");
const testing = require("ai-spans/testing");
const { runAgent } = require("./agent.js");
const { printSpans } = require("./telemetry.js");

void printSpans(testing, async () => {
  const imported = await import("ai-spans");
  const texts = [];
  for (const major of ["v5", "v6"]) {
    const ai = require(`ai-${major}`);
    texts.push(...(await runAgent(required.wrapAISDK(imported.wrapAISDK(ai)), major)));
    texts.push(...(await runAgent(imported.wrapAISDK(required.wrapAISDK(ai)), major)));
  }
  return { areTwo: required.wrapAISDK !== imported.wrapAISDK, texts };
});
