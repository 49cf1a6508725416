// Asks for the processor without an SDK's class.
"use strict";
const { createServerlessSpanProcessor } = require("ai-spans/serverless");
const { printExports } = require("./print-exports.js");

void printExports(createServerlessSpanProcessor);
