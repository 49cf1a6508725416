/**
 * Names and ids that a model invents or a client posts are on no span, and add no series to a metric.
 *
 * Holds: names-from-outside.
 */
import { expect, test } from "vitest";
import type { CallParameters, SDK } from "../support/majors.ts";
import { setupMeters, type Point } from "../support/meters.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { callsTool, drain, says } from "./script.ts";

const MARK = "jane@example.com asked";
const CALLS = 5;

type Run = (sdk: SDK, parameters: CallParameters) => Promise<unknown>;
const RUNS: Readonly<Record<string, Run>> = {
  generateText: async (sdk, parameters) => (await sdk.generateText(parameters)).text,
  streamText: (sdk, parameters) => drain(sdk.streamText(parameters)),
};

/** What a browser may post to a chat route: a denial of a tool call that no model made. */
async function denialOf(sdk: SDK, toolName: string, toolCallId: string): Promise<unknown> {
  const { convertToModelMessages } = sdk as unknown as {
    convertToModelMessages(messages: readonly object[]): unknown;
  };
  return convertToModelMessages([
    { id: "1", role: "user", parts: [{ type: "text", text: "hi" }] },
    {
      id: "2",
      role: "assistant",
      parts: [
        {
          type: "dynamic-tool",
          toolName,
          toolCallId,
          state: "approval-responded",
          input: {},
          approval: { id: `approval of ${toolCallId}`, approved: false },
        },
      ],
    },
  ]);
}

type Case = Way & { readonly title: string; readonly run: Run };

const cases: readonly Case[] = WAYS.flatMap((way) =>
  Object.entries(RUNS).map(([name, run]) => ({ ...way, title: `${name} by ${way.title}`, run })),
);

const toolsOf = (sdk: SDK): object => ({
  searchRooms: toolOf(sdk),
});

async function record(
  { run, ...way }: Case,
  program: (sdk: SDK, index: number) => Promise<CallParameters>,
): Promise<{ readonly texts: readonly string[]; readonly series: readonly Point[] }> {
  const meters = setupMeters();
  const { telemetry } = await compare(way, async (sdk) => {
    for (let index = 0; index < CALLS; index++) await run(sdk, await program(sdk, index));
  });
  const texts = telemetry.started.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`);
  const points = await meters.points();
  return { texts, series: points.filter(({ attributes }) => "gen_ai.tool.name" in attributes) };
}

test.each(cases)("a tool that the model made up, $title", async (one) => {
  const { texts, series } = await record(one, async (sdk, index) => ({
    model: scriptedModel(one.major, [callsTool(`${MARK} ${index}`, "call-1"), says("sorry")]).model,
    prompt: "a room",
    stopWhen: one.major.stepCount(3),
    tools: toolsOf(sdk),
    onError() {},
  }));
  const calls = texts.filter((text) => text.startsWith("execute_tool"));
  expect(calls).toHaveLength(CALLS);
  for (const text of calls) expect(text).toMatch(/^execute_tool _OTHER .*"gen_ai\.tool\.name":"_OTHER"/);
  expect(texts.join()).not.toContain("jane");
  expect(JSON.stringify(series)).not.toContain("jane");
});

// v5 has no approvals.
const later = cases.filter(({ major }) => major.name !== "v5");

test.each(later)("a denial that a client posted, $title", async (one) => {
  const { texts, series } = await record(one, async (sdk, index) => ({
    model: scriptedModel(one.major, [says("sorry")]).model,
    messages: await denialOf(sdk, `${MARK} ${index}`, `call of ${MARK} ${index}`),
    tools: toolsOf(sdk),
    onError() {},
  }));
  const calls = texts.filter((text) => text.startsWith("execute_tool"));
  expect(calls).toHaveLength(CALLS);
  for (const text of calls)
    expect(text).toMatch(/^execute_tool _OTHER .*"ai_spans\.tool\.approval":"denied"/);
  expect(texts.join()).not.toContain("jane");
  expect(series.map(({ attributes }) => attributes["gen_ai.tool.name"])).toEqual(["_OTHER"]);
});

test.each(later)("a denial of a tool of the run, with a text as its id, $title", async (one) => {
  const { texts } = await record(one, async (sdk, index) => ({
    model: scriptedModel(one.major, [says("sorry")]).model,
    messages: await denialOf(sdk, "searchRooms", `call of ${MARK} ${index}`),
    tools: toolsOf(sdk),
    onError() {},
  }));
  const calls = texts.filter((text) => text.startsWith("execute_tool searchRooms "));
  expect(calls).toHaveLength(CALLS);
  expect(texts.join()).not.toContain("jane");
});
