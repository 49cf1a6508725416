/**
 * Older versions of the conventions. Facts that they have a name for are recorded under that name, alone or beside the
 * latest name. Other facts are recorded under the latest name. The npm package of each version has the names.
 *
 * Holds: versions.
 */
import { wrapAISDK } from "ai-spans";
import { beforeAll, describe, expect, test } from "vitest";
import { callsTool, drain, says } from "../conformance/script.ts";
import { excuseFindings } from "../registry/excused.ts";
import { settle } from "../support/gate.ts";
import { v5, v7, type Major } from "../support/majors.ts";
import { setupMeters } from "../support/meters.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import facts from "./versions.json" with { type: "json" };
import { toolOf } from "../support/tools.ts";

// Other tests check only the latest version. This file checks older ones, so it excuses these findings.
beforeAll(() => excuseFindings([{ rule: "deprecated" }, { rule: "required" }]));

type Recorded = Readonly<Record<string, unknown>>;

interface Signals {
  /** The attributes of each span, in the order of their ends. */
  readonly spans: readonly Recorded[];
  readonly started: readonly Recorded[];
  /** The counts by metric, and the attributes of all points. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly attributes: readonly Recorded[];
}

/** Runs a loop with a tool call, and returns all of its spans and metrics. */
async function signalsOf(major: Major, semconv: string): Promise<Signals> {
  const telemetry = setupTelemetry();
  const meters = setupMeters();
  const ai = wrapAISDK(major.ai, { semconv: semconv as "latest" });
  const usage = { input: 20, output: 9, cacheRead: 4, cacheWrite: 3, reasoning: 2 };
  const parts = [{ text: "a " }, { text: "room" }];
  const script = [callsTool("searchRooms", "call-1"), says("", { usage, parts })];
  const { model } = scriptedModel(major, script, { provider: "xai.chat" });
  const tools = {
    searchRooms: toolOf(major.ai, () => 2),
  };
  const telemetryOptions = major.telemetryOptions({ functionId: "booking-agent", metadata: { plan: "pro" } });
  await drain(
    ai.streamText({
      model,
      prompt: "a room",
      tools,
      stopWhen: major.stepCount(5),
      temperature: 0.5,
      ...telemetryOptions,
    }),
  );
  await settle(() => telemetry.open.length === 0);
  const { scopeMetrics } = await meters.collect();
  const points = await meters.points();
  const counts = Object.fromEntries(
    scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => [descriptor.name, 0])),
  );
  for (const { metric, count } of points) counts[metric] = (counts[metric] ?? 0) + count;
  return {
    spans: telemetry.finished.map(({ attributes }) => withoutTimes(attributes)),
    started: telemetry.started.map(({ attributes }) => withoutTimes(attributes)),
    metrics: counts,
    attributes: points.map(({ attributes }) => attributes),
  };
}

/** Removes attributes whose values differ from run to run. */
function withoutTimes(attributes: Recorded): Recorded {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([key]) => !key.endsWith("time_to_first_chunk") && key !== "ai_spans.call.id",
    ),
  );
}

function keysOf(recorded: readonly Recorded[]): string[] {
  return [...new Set(recorded.flatMap((attributes) => Object.keys(attributes)))].toSorted();
}

/** The attributes that have another name in the version, written by hand. */
const MOVED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "1.36": { "gen_ai.provider.name": "gen_ai.system" },
  "1.41": { "gen_ai.usage.cache_write.input_tokens": "gen_ai.usage.cache_creation.input_tokens" },
};

/** The attributes that these versions have no name for. */
const NAMELESS: Readonly<Record<string, readonly string[]>> = {
  "1.36": [
    "gen_ai.request.stream",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
  ],
  "1.41": [],
};

const NEW_METRICS = [
  "ai_spans.invoke_agent.input_tokens",
  "ai_spans.invoke_agent.output_tokens",
  "gen_ai.client.inference.usage.cache_read.input_tokens",
  "gen_ai.client.inference.usage.cache_write.input_tokens",
  "gen_ai.client.inference.usage.reasoning.output_tokens",
  "gen_ai.execute_tool.duration",
  "gen_ai.invoke_agent.duration",
  "gen_ai.invoke_agent.inference_calls",
  "gen_ai.invoke_agent.tool_calls",
];
const CHUNK_METRICS = [
  "gen_ai.client.inference.time_per_output_chunk",
  "gen_ai.client.inference.time_to_first_chunk",
];

describe.each(Object.entries(facts.versions))("%s", (version, known) => {
  const gen = (keys: readonly string[]): string[] => keys.filter((key) => key.startsWith("gen_ai."));

  test("records its names instead of the latest ones", async () => {
    const latest = await signalsOf(v7, "latest");
    const older = await signalsOf(v7, version);
    const unknown = gen(keysOf(older.spans)).filter((key) => !known.attributes.includes(key));
    expect(unknown).toEqual(NAMELESS[version]);
    expect(older.spans).toEqual(latest.spans.map((attributes) => inWordsOf(version, attributes)));
    expect(older.started).toEqual(latest.started.map((attributes) => inWordsOf(version, attributes)));
    expect(known.providers).toContain(older.spans[0]?.[known.providerKey]);
  });

  test("names metrics by its names", async () => {
    const { metrics, attributes } = await signalsOf(v7, version);
    const unknown = Object.keys(metrics).filter((name) => !known.metrics.includes(name));
    const has = known.metrics.includes("gen_ai.client.operation.time_per_output_chunk");
    expect(unknown.toSorted()).toEqual([...(has ? [] : CHUNK_METRICS), ...NEW_METRICS].toSorted());
    expect(metrics["gen_ai.client.operation.duration"]).toBe(2);
    // Two calls, each with its input tokens and its output tokens.
    expect(metrics["gen_ai.client.token.usage"]).toBe(4);
    const keys = gen(keysOf(attributes)).filter((key) => !known.attributes.includes(key));
    expect(keys).toEqual(["gen_ai.token.modality"]);
    expect(attributes.filter((point) => "gen_ai.token.type" in point)).toHaveLength(2);
  });

  test("records its names beside the latest ones", async () => {
    const latest = await signalsOf(v7, "latest");
    const older = await signalsOf(v7, version);
    const both = await signalsOf(v7, `${version}/dup`);
    const together = (one: readonly Recorded[], other: readonly Recorded[]): Recorded[] =>
      one.map((attributes, index) => ({ ...attributes, ...other[index] }));
    expect(both.spans).toEqual(together(latest.spans, older.spans));
    expect(both.started).toEqual(together(latest.started, older.started));
    expect(both.metrics).toEqual({ ...older.metrics, ...latest.metrics });
    // Every point about a model also has the version's key of the provider.
    const ofModel = both.attributes.filter(
      (point) => "gen_ai.request.model" in point && "gen_ai.operation.name" in point,
    );
    expect(ofModel.filter((point) => !(known.providerKey in point))).toEqual([]);
  });
});

test("records the old name of a provider only under the old key", async () => {
  const [{ spans }, { spans: plain }] = [await signalsOf(v5, "1.36"), await signalsOf(v5, "latest")];
  expect(spans[0]?.["gen_ai.system"]).toBe("xai");
  expect(plain[0]?.["gen_ai.provider.name"]).toBe("x_ai");
});

function inWordsOf(version: string, attributes: Recorded): Recorded {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => {
      const old = MOVED[version]?.[key];
      return [old ?? key, old === "gen_ai.system" && value === "x_ai" ? "xai" : value];
    }),
  );
}
