/**
 * The tools of scripted programs. None of them has an input.
 */
import { rejectOnAbort } from "./gate.ts";
import type { CallParameters, Major, SDK } from "./majors.ts";

export type Execute = (input: unknown, options: { readonly abortSignal?: AbortSignal }) => unknown;

export interface Tool {
  readonly inputSchema: unknown;
  readonly execute: Execute;
}

/** The schema of an object without properties. */
export function emptySchema(sdk: SDK): unknown {
  return sdk.jsonSchema({ type: "object", properties: {} });
}

export function toolOf(sdk: SDK, execute: Execute = async () => 2): Tool {
  return sdk.tool({ inputSchema: emptySchema(sdk), execute });
}

/** Parameters of a loop over one tool, `searchRooms`. */
export function loopOver(major: Major, sdk: SDK, execute?: Execute): CallParameters {
  return { tools: { searchRooms: toolOf(sdk, execute) }, stopWhen: major.stepCount(5) };
}

export async function* yieldTwice(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

/** A tool that returns, one that streams, and one that throws. */
export function threeTools(sdk: SDK): Readonly<Record<"searchRooms" | "watchRooms" | "bookRoom", Tool>> {
  return {
    searchRooms: toolOf(sdk),
    watchRooms: toolOf(sdk, yieldTwice),
    bookRoom: toolOf(sdk, () => {
      throw new RangeError("taken");
    }),
  };
}

/** A tool that aborts its call, and then rejects as the signal does. */
export function abortingTool(sdk: SDK, controller: AbortController): Tool {
  return toolOf(sdk, async (_input, { abortSignal }) => {
    controller.abort();
    await rejectOnAbort(abortSignal);
  });
}
