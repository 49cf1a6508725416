/**
 * A streamed call on v7 with credentials, which the SDK redacts in its events. For this it passes a copy of the result
 * to subscribers of its tracing channel. The copy has the same stream, which Datadog and Sentry lock. The call
 * therefore fails, without ai-spans too.
 */
import { describe, expect, test } from "vitest";
import { outline, render, type Tree } from "./beside.ts";
import { DD_TRACE_6 } from "./datadog.ts";
import { runBeside, type Neighbor, type Run } from "./run-beside.ts";
import { sentry } from "./sentry.ts";

const WHOLE = {
  parts: [
    "start",
    "start-step",
    "tool-call",
    "tool-result",
    "text-start",
    "text-delta",
    "text-end",
    "finish-step",
    "finish",
  ],
  errors: [],
  unhandled: [],
};
const LOCKED = {
  parts: ["start", "error"],
  errors: ["TypeError: Invalid state: The ReadableStream is locked"],
  unhandled: [],
};

const streamMcp = async (neighbor: Neighbor, way: "without" | "wrapper" | "adapter"): Promise<Run> =>
  runBeside(neighbor, "v7", way, "streamMcp");

/** Each span with its outcome. */
const outcomes = ({ spans }: Run): string =>
  outline(
    spans.map(({ spanId, parentSpanId, name, attributes, hasEnded }) => {
      const outcome = attributes["error.type"] ?? attributes["ai_spans.cancel.cause"] ?? "ok";
      return { id: spanId, parentId: parentSpanId, text: `${name}: ${hasEnded ? String(outcome) : "open"}` };
    }),
  );

const FAILED: Tree = ["invoke_agent: TypeError", ["chat gpt-4o-mini: TypeError"]];

test("the call succeeds if nobody else takes its stream", async () => {
  const { program } = await streamMcp({ ...DD_TRACE_6, args: [] }, "without");
  expect(program).toEqual(WHOLE);
});

describe.each<[string, Neighbor]>([
  ["dd-trace 6", DD_TRACE_6],
  ["Sentry 11", sentry("defaults")],
])("%s breaks the call", (_title, neighbor) => {
  test("without ai-spans", async () => {
    const { program } = await streamMcp(neighbor, "without");
    expect(program).toEqual(LOCKED);
  });

  test.each(["wrapper", "adapter"] as const)("and the spans of ai-spans have the error: %s", async (way) => {
    const run = await streamMcp(neighbor, way);
    expect(run.program).toEqual(LOCKED);
    expect(outcomes(run)).toBe(render([FAILED]));
    expect(run.reports).toEqual([]);
  });
});
