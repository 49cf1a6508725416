import * as ai from "ai";
import { embed, generateText, jsonSchema, streamText, tool, Experimental_Agent } from "ai";
import { MockEmbeddingModelV2, MockLanguageModelV2 } from "ai/test";
import { run } from "../program.js";

const imported = { embed, generateText, jsonSchema, streamText, tool, Experimental_Agent };
const mocks = { MockEmbeddingModelV2, MockLanguageModelV2 };

/** @param sdk default: what a program imports from `ai` */
export async function program(sdk = imported) {
  const later = await import("ai");
  const isOneModule = later.generateText === generateText && ai.generateText === generateText;
  const names = Object.keys(ai);
  const missing = Object.entries(ai).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const traced = await run({
    sdk,
    Agent: sdk.Experimental_Agent,
    mocks,
    specification: "V2",
    telemetry: "experimental_telemetry",
  });
  return { names, missing, isOneModule, ...traced };
}
