/**
 * v7's result that holds little memory still does so with ai-spans: of a long text that the program reads and drops,
 * nothing is held.
 */
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { settledHeapBytes } from "../support/collection.ts";
import { v7, type SDK, type StreamResult } from "../support/majors.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { forgetfulModel } from "./forgetful-model.ts";

const PARTS = 40;
const PART_BYTES = 500_000;

/** The bytes held after reading a text of 20 MB, with its result alive. */
async function bytesKept(sdk: SDK, tools: object | undefined): Promise<number> {
  const before = await settledHeapBytes();
  let parts = 0;
  const model = forgetfulModel(v7, () => undefined);
  const doStream = async (): Promise<object> => ({
    stream: new ReadableStream<object>(
      {
        pull(controller) {
          parts += 1;
          if (parts === 1) controller.enqueue({ type: "text-start", id: "text" });
          else if (parts <= PARTS)
            controller.enqueue({
              type: "text-delta",
              id: "text",
              delta: `${parts}`.repeat(PART_BYTES).slice(0, PART_BYTES),
            });
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    ),
  });
  const streamText = Reflect.get(sdk, "experimental_streamTextLowMemory") as SDK["streamText"];
  const result: StreamResult = streamText({
    model: Object.assign(model, { doStream }),
    prompt: "a long text",
    onError: () => {},
    ...(tools ? { tools } : {}),
  });
  let read = 0;
  let kept = 0;
  for await (const _part of result.fullStream) {
    read += 1;
    if (read === PARTS - 1) kept = await settledHeapBytes();
  }
  return kept - before;
}

test.each([
  ["no set of tools", undefined],
  ["an empty set of tools", {}],
])("with %s", async (_what, tools) => {
  setupTelemetry();
  const bare = await bytesKept(v7.ai, tools);
  const wrapped = await bytesKept(wrapAISDK(v7.ai), tools);
  const limit = (PARTS * PART_BYTES) / 4;
  expect(bare, "what the SDK keeps").toBeLessThan(limit);
  expect(wrapped).toBeLessThan(limit);
});
