import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { program } from "./program.js";

// The first wrapper records, with its own options.
void program(wrapAISDK(ai, { semconv: "1.36" })).then((seen) => console.log(JSON.stringify(seen)));
