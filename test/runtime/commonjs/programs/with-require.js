// A CommonJS program that requires the package.
"use strict";
const ai = require("ai-v6");
const { wrapAISDK } = require("ai-spans");
const testing = require("ai-spans/testing");
const { runAgent } = require("./agent.js");
const { printSpans } = require("./telemetry.js");

void printSpans(testing, async () => ({ texts: await runAgent(wrapAISDK(ai), "v6") }));
