// Switches on the telemetry that the AI SDK itself records, with inputs and outputs.
"use strict";
const ai = require("ai");
const { modelOf } = require("./agent.js");
const { majorOf } = require("./workload.cjs");

async function main() {
  const model = modelOf(majorOf(ai), [{ type: "text", text: "ANSWER-5b2c" }]);
  const telemetry = { isEnabled: true, functionId: "booking-agent" };
  await ai.generateText({ model, prompt: "PROMPT-9a1f", telemetry, experimental_telemetry: telemetry });
}

void main();
