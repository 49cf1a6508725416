import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { program } from "./program.js";

// The wrapper of the program records, with its own options.
void program(wrapAISDK(ai, { runUsage: false })).then((output) => console.log(JSON.stringify(output)));
