const ai = require("ai");
const { MockEmbeddingModelV2, MockLanguageModelV2 } = require("ai/test");
const { run } = require("../program.js");

const mocks = { MockEmbeddingModelV2, MockLanguageModelV2 };

void run({
  sdk: ai,
  Agent: ai.Experimental_Agent,
  mocks,
  specification: "V2",
  telemetry: "experimental_telemetry",
}).then((traced) => {
  const output = { names: Object.keys(ai), missing: [], isOneModule: require("ai") === ai, ...traced };
  console.log(JSON.stringify(output));
});
