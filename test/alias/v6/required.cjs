const ai = require("ai");
const { MockEmbeddingModelV3, MockLanguageModelV3 } = require("ai/test");
const { run } = require("../program.js");

const mocks = { MockEmbeddingModelV3, MockLanguageModelV3 };

void run({
  sdk: ai,
  Agent: ai.ToolLoopAgent,
  mocks,
  specification: "V3",
  telemetry: "experimental_telemetry",
}).then((traced) => {
  const output = { names: Object.keys(ai), missing: [], isOneModule: require("ai") === ai, ...traced };
  console.log(JSON.stringify(output));
});
