const ai = require("ai");
const { MockEmbeddingModelV4, MockLanguageModelV4 } = require("ai/test");
const { run } = require("../program.js");

const mocks = { MockEmbeddingModelV4, MockLanguageModelV4 };

void run({ sdk: ai, Agent: ai.ToolLoopAgent, mocks, specification: "V4", telemetry: "telemetry" }).then(
  (traced) => {
    const output = { names: Object.keys(ai), missing: [], isOneModule: require("ai") === ai, ...traced };
    console.log(JSON.stringify(output));
  },
);
