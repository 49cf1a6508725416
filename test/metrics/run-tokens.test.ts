/**
 * The tokens of runs by their outcome: completed, failed and canceled ones are told apart, so the tokens of runs that
 * were thrown away can be added up.
 *
 * Holds: metrics.
 */
import { metrics } from "@opentelemetry/api";
import { wrapAISDK } from "ai-spans";
import { beforeEach, describe, expect, test } from "vitest";
import { callsTool, drain, rejects, says, swallow } from "../conformance/script.ts";
import { apiCallError } from "../support/failures.ts";
import { settle } from "../support/gate.ts";
import { majors, type Major } from "../support/majors.ts";
import { setupMeters } from "../support/meters.ts";
import { scriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";

beforeEach(() => {
  setupTelemetry();
  metrics.disable();
});

const firstStep = callsTool("searchRooms", "call-1");
const TOKENS_OF_FIRST_STEP = { input: 10, output: 5 };
const hanging = says("a room", { hangs: true, finish: null });

function parameters(major: Major, ...steps: readonly ScriptedStep[]) {
  const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
  return {
    model: scriptedModel(major, steps).model,
    prompt: "a room",
    tools: { searchRooms: major.ai.tool({ inputSchema, execute: () => 2 }) },
    stopWhen: major.stepCount(5),
    onError: () => {},
    ...major.telemetryOptions({ functionId: "booking" }),
  };
}

/** The points of the tokens of runs: the direction, the outcome, the tokens. */
async function tokensOfRuns(meters: ReturnType<typeof setupMeters>): Promise<string[]> {
  const points = await meters.points();
  return points
    .filter(({ metric }) => /^ai_spans\.invoke_agent\.(input|output)_tokens$/.test(metric))
    .map(({ metric, attributes, count }) => {
      const { "gen_ai.agent.name": agent, ...outcome } = attributes;
      expect(agent).toBe("booking");
      return [metric.slice("ai_spans.invoke_agent.".length), ...Object.values(outcome), count].join(" ");
    });
}

const both = (outcome: string, { input, output } = TOKENS_OF_FIRST_STEP): string[] => [
  ["input_tokens", outcome, input].filter(Boolean).join(" "),
  ["output_tokens", outcome, output].filter(Boolean).join(" "),
];

describe.each(majors)("on $name", (major) => {
  test.each([true, false])("have the outcome of the run, with runUsage %s", async (runUsage) => {
    const telemetry = setupTelemetry();
    const meters = setupMeters();
    const sdk = wrapAISDK(major.ai, { runUsage });
    const call = (...steps: readonly ScriptedStep[]) => parameters(major, ...steps);

    await sdk.generateText(call(firstStep, says("two rooms", { usage: { input: 20, output: 7 } })));
    await swallow(sdk.generateText(call(firstStep, rejects(apiCallError(major, { status: 400 })))));

    const user = new AbortController();
    const aborted = sdk.streamText({ ...call(firstStep, hanging), abortSignal: user.signal });
    await swallow(
      (async () => {
        for await (const _text of aborted.textStream) user.abort();
      })(),
    );
    for await (const text of sdk.streamText(call(firstStep, hanging)).textStream) if (text) break;
    await settle(
      () => telemetry.finished.filter((span) => span.name.startsWith("invoke_agent")).length === 4,
    );

    const points = await tokensOfRuns(meters);
    expect(points.toSorted()).toEqual(
      [
        ...both("", { input: 30, output: 12 }),
        ...both("400"),
        ...both("abort"),
        ...both("consumer"),
      ].toSorted(),
    );
    const runs = telemetry.finished.filter((span) => span.name.startsWith("invoke_agent"));
    for (const { attributes } of runs) expect("gen_ai.usage.input_tokens" in attributes).toBe(runUsage);
  });

  test.each([true, false])(
    "have those of a call that was open at the end, with runUsage %s",
    async (runUsage) => {
      const telemetry = setupTelemetry();
      const meters = setupMeters();
      // Anthropic reports the input when an answer begins.
      const start = { type: "message_start", message: { usage: { input_tokens: 40 } } };
      const begun = says("", {
        parts: [{ verbatim: { type: "raw", rawValue: start } }, { text: "a room" }],
        hangs: true,
        finish: null,
      });
      const sdk = wrapAISDK(major.ai, { runUsage });
      for await (const text of sdk.streamText(parameters(major, begun)).textStream) if (text) break;
      await settle(() => telemetry.open.length === 0);

      expect(await tokensOfRuns(meters)).toEqual(["input_tokens consumer 40"]);
      const tokens = telemetry.finished.map(({ name, attributes }) => [
        name,
        attributes["gen_ai.usage.input_tokens"],
      ]);
      expect(new Map(tokens as [string, unknown][])).toEqual(
        new Map([
          ["chat mock-model", 40],
          ["invoke_agent booking", runUsage ? 40 : undefined],
        ]),
      );
    },
  );

  test("are absent if no call has reported any", async () => {
    const meters = setupMeters();
    const sdk = wrapAISDK(major.ai);
    await swallow(sdk.generateText(parameters(major, rejects(apiCallError(major, { status: 400 })))));
    await drain(sdk.streamText(parameters(major, says("two rooms", { usage: {} }))));
    await settle(() => false, 5);
    expect(await tokensOfRuns(meters)).toEqual([]);
  });
});
