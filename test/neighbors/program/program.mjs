// The program as an ES module: `node … program.mjs WAYS`. It prints one line of JSON for each way.
import * as openai from "@ai-sdk/openai";
import * as ai from "ai";
import * as aiSpans from "ai-spans";
import * as zod from "zod";
import { run } from "./run.mjs";

await run({ ai, aiSpans, openai, zod });
