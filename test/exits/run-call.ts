/**
 * Runs a call to its end and returns what the application notices, to compare it with the bare SDK.
 */
import type { CallParameters } from "../support/majors.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import type { ExitStage } from "./exit-stage.ts";

export type Kind = "generate" | "stream";

export const KINDS: readonly Kind[] = ["generate", "stream"];

/** Returns the text or the types of the parts, and the error if there was one. */
export async function runCall(
  app: ExitStage,
  kind: Kind,
  steps: readonly ScriptedStep[],
  parameters: CallParameters = {},
): Promise<readonly string[]> {
  const received: string[] = [];
  try {
    if (kind === "generate") received.push((await app.generateText(steps, parameters)).text);
    else for await (const part of app.streamText(steps, parameters).fullStream) received.push(part.type);
  } catch (error) {
    received.push(String(error));
  }
  return received;
}
