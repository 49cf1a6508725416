// An entry for a bundler, which replaces `the-ai-sdk` by one of the majors: a wrapped call and a plain one.
import * as ai from "the-ai-sdk";
import { wrapAISDK } from "ai-spans";
import { createModel, PROMPT } from "./model.mjs";
import { register } from "./telemetry.mjs";

const [major] = process.argv.slice(2);
register();
await wrapAISDK(ai).generateText({ model: createModel(major), prompt: PROMPT });
await ai.generateText({ model: createModel(major), prompt: PROMPT });
