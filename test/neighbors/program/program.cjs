// The program as a CommonJS module: `node … program.cjs WAYS`. It prints one line of JSON for each way.
const openai = require("@ai-sdk/openai");
const ai = require("ai");
const aiSpans = require("ai-spans");
const zod = require("zod");

// A module of this folder, which no neighbor instruments.
void import("./run.mjs").then(({ run }) => run({ ai, aiSpans, openai, zod }));
