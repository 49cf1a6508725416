// Evaluates the AI SDK from memory, as the dev server of a bundler does, calls it, and prints which SDKs the doctor finds.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { runInThisContext } = require("node:vm");
const { examine } = require("ai-spans/doctor");

const path = require.resolve("ai-v6");
const load = runInThisContext(`(function (module, exports, require) {${readFileSync(path, "utf8")}\n})`, {
  filename: "webpack-internal:///(rsc)/./sdk.js",
});
const sdk = { exports: {} };
load(sdk, sdk.exports, createRequire(path));

async function main() {
  const { createModel, PROMPT } = await import("./model.mjs");
  await sdk.exports.generateText({ model: createModel("v6"), prompt: PROMPT });
  console.log(JSON.stringify((await examine()).sdks));
}

void main();
