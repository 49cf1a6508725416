import * as ai from "ai";
import { embed, generateText, jsonSchema, streamText, tool, ToolLoopAgent } from "ai";
import { MockEmbeddingModelV4, MockLanguageModelV4 } from "ai/test";
import { run } from "../program.js";

const imported = { embed, generateText, jsonSchema, streamText, tool, ToolLoopAgent };
const mocks = { MockEmbeddingModelV4, MockLanguageModelV4 };

/** @param sdk default: what a program imports from `ai` */
export async function program(sdk = imported) {
  const later = await import("ai");
  const isOneModule = later.generateText === generateText && ai.generateText === generateText;
  const names = Object.keys(ai);
  const missing = Object.entries(ai).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const traced = await run({
    sdk,
    Agent: sdk.ToolLoopAgent,
    mocks,
    specification: "V4",
    telemetry: "telemetry",
  });
  return { names, missing, isOneModule, ...traced };
}
