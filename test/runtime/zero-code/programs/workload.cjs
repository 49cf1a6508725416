// What every program runs, on any major of the AI SDK: a loop over a tool, a streamed answer, and an agent of a subclass of
// the SDK's class. It imports nothing but the agent, so each program chooses how it loads the SDK.
"use strict";
const { modelOf, runAgent } = require("./agent.js");

/** @returns the texts that the program got */
exports.run = async (ai, major = exports.majorOf(ai)) => {
  const texts = await runAgent(ai, major);
  class BookingAgent extends (ai.ToolLoopAgent ?? ai.Experimental_Agent) {}
  const telemetry = { functionId: "booking-agent" };
  const model = modelOf(major, [{ type: "text", text: "a room for two" }]);
  const agent = new BookingAgent({ model, telemetry, experimental_telemetry: telemetry });
  const { text } = await agent.generate({ prompt: "a room in Paris" });
  return [...texts, text];
};

exports.majorOf = (ai) => {
  if (ai.registerTelemetry) return "v7";
  return ai.ToolLoopAgent ? "v6" : "v5";
};
