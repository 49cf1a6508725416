/**
 * Builds scripted answers, and reads streams in the ways that the programs share.
 */
import type { Stage } from "../harness/stage.ts";
import { isTestedBefore } from "../minors/releases.ts";
import type { CallParameters, Major, SDK, StreamResult } from "../support/majors.ts";
import type { ScriptedStep, ScriptedToolCall, ScriptedUsage } from "../support/scripted-model.ts";

export const DEFAULT_USAGE: ScriptedUsage = { input: 10, output: 5 };
export const DEFAULT_RESPONSE = { id: "response-1", model: "mock-model-2026-01-01" };

/** A text answer. */
export function says(text: string, step: ScriptedStep = {}): ScriptedStep {
  return { parts: [{ text }], usage: DEFAULT_USAGE, response: DEFAULT_RESPONSE, ...step };
}

/** An answer that has only tool calls. */
export function callsTools(calls: readonly ScriptedToolCall[], step: ScriptedStep = {}): ScriptedStep {
  return {
    parts: calls.map((toolCall) => ({ toolCall })),
    usage: DEFAULT_USAGE,
    response: DEFAULT_RESPONSE,
    finish: "tool-calls",
    ...step,
  };
}

export function callsTool(name: string, id: string, step: ScriptedStep = {}): ScriptedStep {
  return callsTools([{ name, id }], step);
}

/** A call that rejects in every attempt. */
export function rejects(...rejections: unknown[]): ScriptedStep {
  return { rejections, onlyRejects: true };
}

/** Reads the stream to its end and swallows a failure, because the test is about the spans. */
export async function drain(result: Pick<StreamResult, "fullStream">): Promise<void> {
  try {
    for await (const _part of result.fullStream);
  } catch {
    // The failure is on the spans.
  }
}

export async function swallow(promise: PromiseLike<unknown>): Promise<void> {
  try {
    await promise;
  } catch {
    // The failure is on the spans.
  }
}

/** Reads the whole text. Before 5.0.11 the promise `text` reads no stream, so it would never settle. */
export async function readText(
  { name }: Major,
  result: Pick<StreamResult, "text" | "textStream">,
): Promise<string> {
  if (name !== "v5" || !isTestedBefore("v5", "5.0.11")) return await result.text;
  let text = "";
  for await (const part of result.textStream) text += part;
  return text;
}

/** Calls one of the two text functions. Reads a stream to its end and swallows its failure. */
export async function callText(
  sdk: Pick<SDK, "generateText" | "streamText">,
  streaming: boolean,
  parameters: CallParameters,
): Promise<void> {
  if (streaming) await drain(sdk.streamText(parameters));
  else await sdk.generateText(parameters);
}

/** Calls one of the two text functions. Reads the whole text of a stream. */
export async function readAnswer(
  { major, sdk }: Stage,
  streaming: boolean,
  parameters: CallParameters,
): Promise<unknown> {
  return streaming ? readText(major, sdk.streamText(parameters)) : sdk.generateText(parameters);
}
