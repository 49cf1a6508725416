/**
 * Calls with random options and random answers, which contain markers. ai-spans records no marker, and the application
 * gets the same results as without it. `CANARY_SEED` and `CANARY_RUNS` select other calls. A failure prints its seed.
 *
 * Holds: no-content.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans";
import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { DEFAULT_RESPONSE, DEFAULT_USAGE } from "../conformance/script.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type CallParameters, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { describeValue } from "../transparency/describe-value.ts";
import { ExportedTelemetry } from "./exported.ts";
import { Markers } from "./markers.ts";
import { randomCalls, type RandomCall, type RandomStep } from "./random-content.ts";

const seed = Number(process.env["CANARY_SEED"] ?? 20_261_121);
const numRuns = Number(process.env["CANARY_RUNS"] ?? 60);

const telemetry = new ExportedTelemetry();
const markers = new Markers();

afterEach(() => registerIntegrations());

function scriptOf({ parts, ending, problem }: RandomStep, isStreamed: boolean): ScriptedStep {
  if (ending === "refused") return { rejections: [problem], onlyRejects: true };
  const step = { parts, usage: DEFAULT_USAGE, response: DEFAULT_RESPONSE };
  const calls = parts.some((part) => "toolCall" in part);
  const finish = calls ? "tool-calls" : "stop";
  if (!isStreamed || ending === "finish") return { ...step, finish };
  if (ending === "in-band error") return { ...step, parts: [...parts, { error: problem }], finish: "error" };
  return ending === "broken" ? { ...step, streamError: problem } : { ...step, finish: null };
}

/**
 * Allowed metadata has no scalars here, because ai-spans records those. It must drop all other values, and keys that
 * the call does not allow.
 */
function contextOf({ name }: Major, tree: unknown): CallParameters {
  const metadata = { object: { tree }, list: [tree] };
  if (name !== "v7") return { experimental_telemetry: { functionId: "booking-agent", metadata, tree } };
  const includeRuntimeContext = { object: true, list: true };
  return { telemetry: { includeRuntimeContext, tree }, runtimeContext: { ...metadata, secret: tree } };
}

/** What the application gets from a call, and the prompts that its provider gets. */
async function play(major: Major, sdk: SDK, call: RandomCall): Promise<unknown[]> {
  const { isStreamed, steps, options, context, toolResult, isToolFailing } = call;
  const script = steps.map((step) => scriptOf(step, isStreamed));
  const { model, calls } = scriptedModel(major, script);
  const inputSchema = sdk.jsonSchema({ type: "object", description: markers.text("schema") });
  const received: unknown[] = [];
  /** A separate list: whether a part or the tool's execution comes first depends on microtasks. */
  const errors: unknown[] = [];
  const execute = (input: unknown): unknown => {
    errors.push(input);
    telemetry.propagate();
    if (isToolFailing) throw toolResult;
    return toolResult;
  };
  const parameters = {
    ...options,
    ...contextOf(major, context),
    model,
    prompt: markers.text("prompt"),
    tools: {
      searchRooms: sdk.tool({ inputSchema, execute }),
      bookRoom: sdk.tool({
        inputSchema,
        execute: async function* (input: unknown) {
          yield input;
          yield execute(input);
        },
      }),
    },
    stopWhen: major.stepCount(3),
    maxRetries: 0,
    onError: ({ error }: { error: unknown }) => errors.push(error),
  };
  try {
    if (isStreamed) for await (const part of sdk.streamText(parameters).fullStream) received.push(part);
    else {
      const { text, finishReason, steps: done } = await sdk.generateText(parameters);
      received.push(text, finishReason, ...done.map((step) => Reflect.get(Object(step), "content")));
    }
  } catch (error) {
    received.push(error);
  }
  return [...received, ...errors, ...calls.map(({ prompt }) => prompt)].map((value) =>
    describeValue(value, new Map()),
  );
}

/** @param arrange returns the traced SDK */
async function expectNoContent(major: Major, arrange: () => SDK): Promise<void> {
  let spans = 0;
  let witnessed = 0;
  const property = fc.asyncProperty(randomCalls(markers), async (call) => {
    registerIntegrations();
    const bare = await play(major, major.ai, call);
    const sdk = arrange();
    telemetry.reset();
    expect(await play(major, sdk, call)).toEqual(bare);
    expect(markers.find(await telemetry.collect())).toEqual([]);
    spans += telemetry.spans.length;
    witnessed += markers.find(bare).length;
  });
  await fc.assert(property, { seed, numRuns });
  expect(spans).toBeGreaterThan(numRuns);
  expect(witnessed, "markers that the application observed").toBeGreaterThan(numRuns);
}

describe("random content", () => {
  test.each(majors)("is not recorded on $name, and the results are those of the bare SDK", (major) =>
    expectNoContent(major, () => wrapAISDK(major.ai)),
  );

  test("is not recorded by the adapter, and the results are those of the bare SDK", () =>
    expectNoContent(v7, () => {
      registerIntegrations(createAISDKTelemetry());
      return v7.ai;
    }));

  test("that is recorded is found, and the failure prints its seed", async () => {
    const property = fc.asyncProperty(randomCalls(markers), async (call) => {
      telemetry.reset();
      telemetry.provider
        .getTracer("leaky")
        .startSpan("a", { attributes: { b: String(call.steps[0]?.problem) } });
      expect(markers.find(await telemetry.collect())).toEqual([]);
    });
    await expect(fc.assert(property, { seed, numRuns })).rejects.toThrow(`seed: ${seed}`);
  });
});
