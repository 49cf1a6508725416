/**
 * The program of these tests: a loop over one tool, in a stream.
 */
import { callsTool, says } from "../conformance/script.ts";
import type { SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";
import type { Way } from "../support/ways.ts";

/** @param inTool what the tool waits for */
export async function run(sdk: SDK, { major }: Way, inTool: () => unknown = () => {}): Promise<unknown> {
  const { model } = scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]);
  const execute = async (): Promise<number> => {
    await inTool();
    return 2;
  };
  const result = sdk.streamText({
    model,
    prompt: "a room",
    tools: { searchRooms: toolOf(sdk, execute) },
    stopWhen: major.stepCount(5),
  });
  const types: string[] = [];
  for await (const { type } of result.fullStream) types.push(type);
  return { types, text: await result.text };
}
