/**
 * Short words for scripted answers, and the ways to read a stream that the programs share.
 */
import { isTestedBefore } from "../minors/releases.ts";
import type { Major, StreamResult } from "../support/majors.ts";
import type { ScriptedStep, ScriptedToolCall, ScriptedUsage } from "../support/scripted-model.ts";

export const DEFAULT_USAGE: ScriptedUsage = { input: 10, output: 5 };
export const DEFAULT_RESPONSE = { id: "response-1", model: "mock-model-2026-01-01" };

/** An answer in words. */
export function says(text: string, step: ScriptedStep = {}): ScriptedStep {
  return { parts: [{ text }], usage: DEFAULT_USAGE, response: DEFAULT_RESPONSE, ...step };
}

/** An answer that calls tools and nothing else. */
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

/** A call no attempt of which is answered. */
export function rejects(...rejections: unknown[]): ScriptedStep {
  return { rejections, onlyRejects: true };
}

/** Reads to the end; a stream that fails is the subject of the program, not of its caller. */
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

/** The whole text. Before 5.0.11 the SDK reads no stream for a promise: whoever waits for one waits forever. */
export async function readText(
  { name }: Major,
  result: Pick<StreamResult, "text" | "textStream">,
): Promise<string> {
  if (name !== "v5" || !isTestedBefore("v5", "5.0.11")) return await result.text;
  let text = "";
  for await (const part of result.textStream) text += part;
  return text;
}
