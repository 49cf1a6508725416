/**
 * Beside Datadog's tracer. These tests have a server that replaces its agent.
 */
import { expect, test } from "vitest";
import { ALL_MAJORS, testBeside, V7_ONLY, type Apm, type CallTrees } from "./apm.ts";
import { render, type NeighborEffects, type Tree } from "./beside.ts";
import {
  asCommonJS,
  asProvider,
  datadogOutline,
  DD_TRACE_5,
  DD_TRACE_5_ON_24,
  DD_TRACE_6,
  DD_TRACE_6_ON_24,
} from "./datadog.ts";
import { ourTrees } from "./our-trees.ts";
import { FLAGS, runBeside, type Major, type Way } from "./run-beside.ts";

const REQUEST: Tree = ["http.request", ["tcp.connect"]];

/** The trees of one major, with or without requests below its model calls. */
type Trees = (...requests: Tree[]) => CallTrees;

const v6: Trees = (...requests) => {
  const generated: Tree = ["ai.generateText.doGenerate", ...requests];
  const streamed: Tree = ["ai.streamText.doStream", ...requests];
  return {
    generate: () => [["ai.generateText", generated, ["ai.toolCall"], generated]],
    stream: () => [["ai.streamText", streamed]],
    streamWithTool: () => [["ai.streamText", streamed, ["ai.toolCall"], streamed]],
    left: notSent,
  };
};

const v7: Trees = (...requests) => {
  const call: Tree = ["languageModelCall", ...requests];
  const steps: Tree[] = [
    ["step", call, ["executeTool"]],
    ["step", call],
  ];
  return {
    generate: () => [["generateText", ...steps]],
    stream: () => [["streamText", ["step", call]]],
    streamWithTool: () => [["streamText", ...steps]],
    left: notSent,
  };
};

/** dd-trace sends a trace when its root has ended. It never notices the end of a stream that the program leaves. */
const notSent = (): Tree[] => [];

const treesOf = (major: Major): Trees => (major === "v7" ? v7 : v6);

/**
 * dd-trace sets `includeRuntimeContext` to all keys. The adapter reads what the SDK passes on. The wrapper reads the
 * caller's settings.
 */
const effects = (_major: Major, way: Way): NeighborEffects =>
  way === "adapter" ? { runAttributes: { "ai_spans.metadata.internal": "not for telemetry" } } : {};

const apm: Omit<Apm, "neighbor"> = {
  outline: datadogOutline,
  trees: (major) => treesOf(major)(REQUEST),
  effects,
  content: [],
};

const all = { ...apm, majors: ALL_MAJORS, flags: FLAGS };

testBeside("dd-trace 5, an ES module", { ...all, neighbor: DD_TRACE_5 });
testBeside("dd-trace 5, a CommonJS module", {
  ...all,
  neighbor: asCommonJS(DD_TRACE_5),
  control: DD_TRACE_5,
});
testBeside("dd-trace 6, an ES module", { ...all, neighbor: DD_TRACE_6 });
testBeside("dd-trace 6, a CommonJS module", {
  ...all,
  neighbor: asCommonJS(DD_TRACE_6),
  control: DD_TRACE_6,
});

// Other versions of Node, where the loaders are others. From 24.11.1 on ours is synchronous.
const byFlag = { ...apm, flags: FLAGS, majors: ALL_MAJORS.map(([major]) => [major, []] as const) };

testBeside("dd-trace 5 on Node 24", { ...byFlag, neighbor: DD_TRACE_5_ON_24, control: DD_TRACE_5 });
testBeside("dd-trace 6 on Node 24", { ...byFlag, neighbor: DD_TRACE_6_ON_24, control: DD_TRACE_6 });
testBeside("dd-trace 6 on Node 24, a CommonJS module", {
  ...byFlag,
  neighbor: asCommonJS(DD_TRACE_6_ON_24),
  control: DD_TRACE_6,
});

const { twoSteps: ourTwoSteps, stream: ourStream, left: ourLeft } = ourTrees(REQUEST);

type LeftTrees = (major: Major, way: Way) => Tree[];

/**
 * Requests are below the chat spans of ai-spans, which are active then. Datadog's spans are below the run of a wrapper.
 * The run of an adapter is below Datadog's span of `generateText`, but not of `streamText`, because the SDK reports its
 * start outside of that span.
 */
function sharedTrees(left: LeftTrees, major: Major, way: Way): CallTrees {
  const theirs = treesOf(major)();
  const isBelow = way === "wrapper";
  const stream = (ours: Tree, trees: readonly Tree[]): Tree[] =>
    isBelow ? [[...ours, ...trees]] : [ours, ...trees];
  return {
    generate: (number) => {
      const ours = ourTwoSteps(number);
      return theirs.generate(number).map((tree) => (isBelow ? [...ours, tree] : [...tree, ours]));
    },
    stream: (number) => stream(ourStream(number), theirs.stream(number)),
    streamWithTool: (number) => stream(ourTwoSteps(number), theirs.streamWithTool(number)),
    left: () => left(major, way),
  };
}

const shared = { outline: datadogOutline, ourSpans: "in outline", content: [] } as const;

// In the following tests Datadog's tracer provider is registered with OpenTelemetry, and all spans go to its agent. AI SDK
// 5 brings its own copy of the API, 1.9.0. Here dd-trace cannot register the provider with another one.

/** One of Datadog's spans below a run of the wrapper never ends, so Datadog does not send that run. */
const sentWhole: LeftTrees = (_major, way) => (way === "adapter" ? [ourLeft(way)] : []);

testBeside("dd-trace 5 as the provider", {
  ...shared,
  majors: V7_ONLY,
  flags: FLAGS,
  neighbor: asProvider(DD_TRACE_5),
  control: DD_TRACE_5,
  trees: (major, way) => sharedTrees(sentWhole, major, way),
});

/** Datadog sends each span when it ends, even if its trace has not ended. */
const sentAtOnce: LeftTrees = (major, way) => {
  const theirs: Tree[] = major === "v7" ? [["ORPHAN languageModelCall"]] : [];
  return [ourLeft(way), ...theirs];
};

testBeside("dd-trace 6 as the provider, with partial flushes", {
  ...shared,
  flags: FLAGS,
  control: DD_TRACE_6,
  neighbor: asProvider(DD_TRACE_6, { DD_TRACE_PARTIAL_FLUSH_MIN_SPANS: "1" }),
  trees: (major, way) => sharedTrees(sentAtOnce, major, way),
});

test.each(["wrapper", "adapter"] as const)("dd-trace 6 as the provider, in a span: %s", async (way) => {
  const run = await runBeside(asProvider(DD_TRACE_6), "v7", way, "callInSpan");
  const { generate } = sharedTrees(sentWhole, "v7", way);
  expect(datadogOutline(run)).toBe(render([["request", ...generate(1)]]));
});
