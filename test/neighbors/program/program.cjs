// The program as a CommonJS module: `node … program.cjs WAYS`. It prints one line of JSON for each way.
const openai = require("@ai-sdk/openai");
const ai = require("ai");
const aiSpans = require("ai-spans");
const zod = require("zod");

// No neighbor instruments this module of the folder.
void import("./run.mjs").then(({ run }) => run({ ai, aiSpans, openai, zod }));
