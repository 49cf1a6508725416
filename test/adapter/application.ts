/**
 * An application that the tests of this folder share, and its span tree. It is a loop over one tool on the bare v7 SDK.
 */
import type { Telemetry as Integration } from "ai";
import { agentSpan, chatSpan, toolSpan } from "../conformance/expected-spans.ts";
import { AGENT_NAME } from "../conformance/program.ts";
import { callsTool, says } from "../conformance/script.ts";
import type { Kind } from "../exits/run-call.ts";
import { turn } from "../support/gate.ts";
import { v7, type CallParameters, type SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";
import { type Execute, loopOver } from "../support/tools.ts";

export const ai: SDK = v7.ai;

export const LOOP: readonly ScriptedStep[] = [callsTool("searchRooms", "call-1"), says("a room")];

/** Parameters of a call whose model follows the script, with one tool. */
export function parameters(
  steps: readonly ScriptedStep[] = LOOP,
  more: CallParameters = {},
  execute?: Execute,
): CallParameters {
  return {
    model: scriptedModel(v7, steps).model,
    prompt: "a room in Paris",
    ...loopOver(v7, ai, execute),
    onError: () => {},
    ...v7.telemetryOptions({ functionId: AGENT_NAME }),
    ...more,
  };
}

/** The per-call telemetry options, the name included. */
export function telemetryOf(options: CallParameters): CallParameters {
  return { telemetry: { functionId: AGENT_NAME, ...options } };
}

/** Runs the call to its end, and swallows a failure. */
export async function run(kind: Kind, input: CallParameters, sdk: SDK = ai): Promise<void> {
  try {
    if (kind === "generate") await sdk.generateText(input);
    else for await (const _part of sdk.streamText(input).fullStream);
  } catch {
    // The failure is on the spans.
  }
}

/** The span tree of the loop. */
export function loopTree(kind: Kind, inTool: readonly ExpectedSpan[] = []): ExpectedSpan {
  const streaming = kind === "stream";
  return agentSpan({}, [
    chatSpan({ streaming, finish: "tool_call" }),
    toolSpan("searchRooms", "call-1", {}, inTool),
    chatSpan({ streaming }),
  ]);
}

/** An integration that awaits something before it executes the work. */
export const awaiting: Integration = {
  executeLanguageModelCall: async ({ execute }) => {
    await turn();
    return await execute();
  },
  executeTool: async ({ execute }) => {
    await turn();
    return await execute();
  },
};
