/**
 * What runs inside a provider call, under the flag and the instrumentation: a span of the program in the call of an
 * embedding, a ranking, an object, a speech, a transcript is below the span of that call. A call with telemetry integrations of its own is
 * traced, too.
 *
 * Holds: zero-code.
 */
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan, modelSpan, ownSpan } from "../../conformance/expected-spans.ts";
import { completeSpan } from "../../support/span-tree.ts";
import { createFixture } from "./fixture.ts";
import { exportingTo, MAJORS, NODES, type MajorName } from "./project.ts";

const fixture = createFixture();

const WAYS = {
  "--import, CommonJS": ["--import", "ai-spans/register", "operations.cjs"],
  "--import, ES module": ["--import", "ai-spans/register", "operations.cjs", "import"],
  "instrumentation, CommonJS": ["--require", "./instrumentation.cjs", "operations.cjs"],
  "instrumentation, ES module": ["--import", "./instrumentation.mjs", "operations.cjs", "import"],
} as const;

const embedding = { usage: { input: 3 }, attributes: { "gen_ai.embeddings.dimension.count": 2 } };
const json = { "gen_ai.output.type": "json" };
const request = [ownSpan("POST")];

function expectedTrees(major: MajorName): unknown[] {
  return [
    modelSpan("embeddings", embedding, request),
    modelSpan("embeddings", embedding, request),
    ...(major === "v5" ? [] : [modelSpan("rerank", {}, request)]),
    agentSpan({ attributes: json }, [chatSpan({ attributes: json }, request)]),
    modelSpan("generate_content", { outputType: "speech" }, request),
    modelSpan("generate_content", { outputType: "text" }, request),
    agentSpan({}, [chatSpan({}, request)]),
  ].map(completeSpan);
}

describe.each(NODES)("on $name", { timeout: 120_000 }, (node) => {
  describe.each(MAJORS)("AI SDK %s", (major) => {
    test.each(Object.entries(WAYS))("%s", async (_way, args) => {
      const { receiver } = fixture;
      const { stderr } = await fixture.project(major).run(node, args, exportingTo(receiver.url));
      expect(stderr).toBe("");
      expect(receiver.trees()).toEqual(expectedTrees(major));
    });
  });
});
