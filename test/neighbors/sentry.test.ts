/**
 * Beside Sentry. A server of these tests receives its envelopes.
 */
import { expect, test } from "vitest";
import { ALL_MAJORS, testBeside, V7_ONLY, type Apm, type CallTrees, type Content } from "./apm.ts";
import { render, type NeighborEffects, type Tree } from "./beside.ts";
import { FLAGS, runBeside, type Major, type Way } from "./run-beside.ts";
import { sentByProvider, sentry, sentryByFile, sentryOutline } from "./sentry.ts";

const REQUEST: Tree = ["POST 127.0.0.1"];
const CALL: Tree = ["generate_content gpt-4o-mini"];
const TOOL: Tree = ["execute_tool searchRooms"];

/** On v6 Sentry's span of a model call is not active during the call, and it reads every stream to its end. */
const v6: CallTrees = {
  generate: () => [["invoke_agent", CALL, REQUEST, TOOL, CALL, REQUEST]],
  stream: () => [["invoke_agent", CALL, REQUEST]],
  streamWithTool: () => [["invoke_agent", CALL, REQUEST, TOOL, CALL, REQUEST]],
  left: () => [["invoke_agent", CALL, REQUEST]],
};

const callWithRequest: Tree = [...CALL, REQUEST];

/** On v7 the SDK does not report the end of a left stream, so Sentry does not send its span of that. */
const v7: CallTrees = {
  generate: () => [["invoke_agent", callWithRequest, TOOL, callWithRequest]],
  stream: () => [["invoke_agent", callWithRequest]],
  streamWithTool: () => [["invoke_agent", callWithRequest, TOOL, callWithRequest]],
  left: () => [["ORPHAN generate_content gpt-4o-mini", REQUEST]],
};

const ourChat: Tree = ["ai-spans: chat gpt-4o-mini", REQUEST];
const ourStream: Tree = ["ai-spans: invoke_agent", ourChat];
const ourTwoSteps: Tree = [
  "ai-spans: invoke_agent",
  ourChat,
  ["ai-spans: execute_tool searchRooms"],
  ourChat,
];

const theirTwoSteps: Tree = ["invoke_agent", CALL, TOOL, CALL];
const theirStream: Tree = ["invoke_agent", CALL];

/**
 * Requests are below the chat spans of ai-spans, which are active then. Sentry's spans are below the run of a wrapper.
 * The run of an adapter is below Sentry's span of `generateText`, but not of `streamText`, because the SDK reports its
 * start outside of that span.
 */
const belowWrapper = (left: readonly Tree[]): CallTrees => ({
  generate: () => [[...ourTwoSteps, theirTwoSteps]],
  stream: () => [[...ourStream, theirStream]],
  streamWithTool: () => [[...ourTwoSteps, theirTwoSteps]],
  left: () => left,
});

const aboveAdapter: CallTrees = {
  generate: () => [[...theirTwoSteps, ourTwoSteps]],
  stream: () => [ourStream, theirStream],
  streamWithTool: () => [ourTwoSteps, theirTwoSteps],
  left: () => [ourStream, ["ORPHAN generate_content gpt-4o-mini"]],
};

const treesOf = (major: Major): CallTrees => (major === "v7" ? v7 : v6);

function sharedTrees(major: Major, way: Way): CallTrees {
  if (way === "adapter") return aboveAdapter;
  return belowWrapper(
    major === "v6" ? [[...ourStream, theirStream]] : [ourStream, ["ORPHAN generate_content gpt-4o-mini"]],
  );
}

/** v7 itself measures the time to the first chunk. */
const effects = (major: Major): NeighborEffects => ({ takesStreams: true, knowsFirstChunk: major === "v7" });
const all: readonly Content[] = ["prompt", "answer", "tool arguments", "tool result", "tool description"];

const apm: Omit<Apm, "neighbor" | "content"> = {
  outline: sentryOutline,
  trees: treesOf,
  effects,
};

const control = sentry("defaults");

testBeside("Sentry 11 at its defaults", { ...apm, neighbor: control, majors: ALL_MAJORS, content: all });
testBeside("Sentry 11, set to record no content", {
  ...apm,
  neighbor: sentry("explicit"),
  control,
  majors: V7_ONLY,
  content: [],
});
testBeside("Sentry 11 as the provider", {
  ...apm,
  neighbor: sentry("provider"),
  control,
  trees: sharedTrees,
  ourSpans: sentByProvider,
  // All spans without a parent share one trace, until a request or Sentry.startNewTrace starts another.
  effects: (major) => ({ ...effects(major), traces: 1 }),
  content: all,
});

const byFlag = { ...apm, flags: FLAGS, majors: ALL_MAJORS.map(([major]) => [major, []] as const) };

for (const node of [undefined, "node-22", "node-24"] as const) {
  const on = node === undefined ? {} : { node };
  testBeside(`Sentry 11 by a file, ${node ?? "the Node of the tests"}`, {
    ...byFlag,
    neighbor: sentryByFile("defaults", on),
    control,
    content: all,
  });
  testBeside(`Sentry 11 by a file, ${node ?? "the Node of the tests"}, a CommonJS module`, {
    ...byFlag,
    neighbor: sentryByFile("defaults", { ...on, format: "commonjs" }),
    control,
    content: all,
  });
}

// In a span of Sentry, as for a request.
test.each(["wrapper", "adapter"] as const)("Sentry 11 as the provider, in a span: %s", async (way) => {
  const run = await runBeside(sentry("provider"), "v7", way, "callInSpan");
  const { generate } = sharedTrees("v7", way);
  expect(sentryOutline(run)).toBe(render([["request", ...generate(1)]]));
});
