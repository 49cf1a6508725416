/**
 * The caller's telemetry settings of one call: they can turn tracing off, and they can have a tracer.
 *
 * Holds: opting-out.
 */
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { describe, expect, test } from "vitest";
import { agentClassOf } from "../support/agents.ts";
import type { CallParameters, Major, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { toolOf } from "../support/tools.ts";
import { WAYS, WRAPPERS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { outlineOf } from "../support/outline.ts";
import { callsTool, drain, says } from "./script.ts";

type Call = (sdk: SDK, settings: CallParameters) => Promise<unknown>;

/** A loop of two steps, by each operation that can start one. */
function callsOf(major: Major): Readonly<Record<string, Call>> {
  const loop = (sdk: SDK): CallParameters => ({
    model: scriptedModel(major, [callsTool("searchRooms", "call-1"), says("two")]).model,
    stopWhen: major.stepCount(5),
    tools: {
      searchRooms: toolOf(sdk),
    },
  });
  const agentOf = (sdk: SDK, settings: CallParameters) =>
    new (agentClassOf(sdk))({ ...loop(sdk), ...settings });
  return {
    generateText: async (sdk, settings) =>
      (await sdk.generateText({ ...loop(sdk), prompt: "a room", ...settings })).text,
    streamText: (sdk, settings) => drain(sdk.streamText({ ...loop(sdk), prompt: "a room", ...settings })),
    "generate of an agent": async (sdk, settings) =>
      (await agentOf(sdk, settings).generate({ prompt: "a room" })).text,
    "stream of an agent": async (sdk, settings) =>
      drain(await agentOf(sdk, settings).stream({ prompt: "a room" })),
  };
}

describe.each(WAYS)("$title", (way) => {
  const names =
    way.major.name === "v7" ? ["telemetry", "experimental_telemetry"] : ["experimental_telemetry"];
  const calls = Object.entries(callsOf(way.major));

  test.each(calls)("%s with `isEnabled: false` has no spans", async (_name, call) => {
    for (const name of names) {
      const { telemetry } = await compare(way, (sdk) => call(sdk, { [name]: { isEnabled: false } }));
      expect(telemetry.started, name).toEqual([]);
    }
  });

  test.each(calls)("%s with settings that leave `isEnabled` out is traced", async (_name, call) => {
    for (const name of names) {
      const { telemetry } = await compare(way, (sdk) => call(sdk, { [name]: { functionId: "booking" } }));
      expect(outlineOf(telemetry), name).toBe("invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)");
    }
  });
});

describe.each(WRAPPERS.filter(({ major }) => major.name !== "v7"))("$title", (way) => {
  test.each(Object.entries(callsOf(way.major)))("%s uses the tracer of its settings", async (_name, call) => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const { telemetry } = await compare(way, async (sdk) => {
      exporter.reset();
      return call(sdk, { experimental_telemetry: { tracer: provider.getTracer("booking") } });
    });
    expect(telemetry.started).toEqual([]);
    const spans = exporter.getFinishedSpans();
    expect(
      spans.map(({ name }) => name.split(" ")[0] ?? "").toSorted((left, right) => left.localeCompare(right)),
    ).toEqual(["chat", "chat", "execute_tool", "invoke_agent"]);
    const run = spans.find(({ name }) => name.startsWith("invoke_agent"));
    for (const span of spans) {
      expect(span.instrumentationScope.name).toBe("booking");
      expect(span.parentSpanContext?.spanId).toBe(span === run ? undefined : run?.spanContext().spanId);
    }
  });
});
