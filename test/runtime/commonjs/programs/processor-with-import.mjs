// The same program as an ES module, for bundlers.
import { createServerlessSpanProcessor } from "ai-spans/serverless";
import { printExports } from "./print-exports.js";

void printExports(createServerlessSpanProcessor);
