// The same program as an ES module, for bundlers.
import * as ai from "ai-v6";
import { wrapAISDK } from "ai-spans";
import * as testing from "ai-spans/testing";
import { runAgent } from "./agent.js";
import { printSpans } from "./telemetry.js";

void printSpans(testing, async () => ({ texts: await runAgent(wrapAISDK(ai), "v6") }));
