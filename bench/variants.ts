/**
 * One case as three programs: the bare SDK, the hand-written floor, and the SDK that `wrapAISDK` returns. All three
 * make the same calls and read the results to the end.
 */
import { createAISDKTelemetry, wrapAISDK } from "../src/index.ts";
import type { Call } from "./cases.ts";
import { floorGenerate, floorStream, floorTelemetry } from "./floor.ts";
import type { Major, SDK, StreamResult } from "./majors.ts";

export type VariantName = "bare" | "floor" | "wrapped";

export const VARIANT_NAMES: readonly VariantName[] = ["bare", "floor", "wrapped"];

export type Program = () => Promise<unknown>;
export type Variants = Readonly<Record<VariantName, Program>>;

/** Creates the three programs again for each registration, as an application would. */
export function createVariants(major: Major, call: Call): Variants {
  const telemetry = floorTelemetry();
  if (call.isStream) {
    const floor = floorStream(major, call, telemetry);
    return {
      bare: streamProgram(major.ai, call),
      floor: () => readText(floor()),
      wrapped: streamProgram(wrapAISDK(major.ai), call),
    };
  }
  return {
    bare: generateProgram(major.ai, call),
    floor: floorGenerate(major, call, telemetry),
    wrapped:
      call.integration === undefined
        ? generateProgram(wrapAISDK(major.ai), call)
        : generateProgram(major.ai, withIntegration(call, call.integration)),
  };
}

/** Passes the integration in the call, so that the other variants do not get it. */
function withIntegration(call: Call, kind: "ours" | "empty"): Call {
  const telemetry = call.parameters["telemetry"] as object;
  const integrations = [kind === "ours" ? createAISDKTelemetry() : emptyIntegration()];
  return { ...call, parameters: { ...call.parameters, telemetry: { ...telemetry, integrations } } };
}

/** An integration with the same callbacks as our adapter. Each callback is empty. */
function emptyIntegration(): object {
  const callbacks = Object.keys(createAISDKTelemetry()).filter((name) => name.startsWith("on"));
  const execute = <T>(options: { readonly execute: () => T }): T => options.execute();
  return {
    ...Object.fromEntries(callbacks.map((name) => [name, () => {}])),
    executeLanguageModelCall: execute,
    executeTool: execute,
  };
}

function generateProgram({ generateText }: SDK, { parameters }: Call): Program {
  return () => generateText(parameters);
}

function streamProgram({ streamText }: SDK, { parameters }: Call): Program {
  return () => readText(streamText(parameters));
}

async function readText({ textStream }: StreamResult): Promise<number> {
  let length = 0;
  for await (const text of textStream) length += text.length;
  return length;
}
