/**
 * `AISDKInstrumentation` in programs that set OpenTelemetry up themselves: whole trees on each major, in each module
 * format, on each Node; and its methods, which every instrumentation has.
 *
 * Holds: zero-code, instrumentation-switch.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SpanNode } from "../../support/span-tree.ts";
import { createFixture, testTraced } from "./fixture.ts";
import { MAJORS, NODES } from "./project.ts";
import { LOOP, STREAM, TREES } from "./workload-trees.ts";
import { codeBlocks } from "../../support/code-blocks.ts";

const fixture = createFixture();

const PROGRAMS = {
  "static import": ["--import", "./instrumentation.mjs", "static-import.mjs"],
  "dynamic import": ["--import", "./instrumentation.mjs", "dynamic-import.mjs"],
  CommonJS: ["--require", "./instrumentation.cjs", "with-require.cjs"],
} as const;

describe.each(NODES)("on $name", { timeout: 120_000 }, (node) => {
  testTraced("traces every call for NodeSDK", fixture, node, PROGRAMS);
});

test.each(["instrumentation.mjs", "instrumentation.cjs"])(
  "the guide shows %s, which these programs load",
  (name) => {
    const guide = readFileSync(new URL("../../../docs/guide/start.md", import.meta.url), "utf8");
    const [inGuide] = codeBlocks(guide, `js ${name}`);
    const program = readFileSync(new URL(`programs/${name}`, import.meta.url), "utf8");
    const code = program.split("\n").filter((line) => !line.startsWith("//") && line !== '"use strict";');
    expect(inGuide).toBe(code.join("\n"));
  },
);

interface Phase {
  readonly registered: readonly SpanNode[];
  readonly other: readonly SpanNode[];
}

const onRegistered = (...registered: readonly SpanNode[]): Phase => ({ registered, other: [] });
const onOther = (...other: readonly SpanNode[]): Phase => ({ registered: [], other });
const REFUSAL =
  'TypeError: AISDKInstrumentation: option "runUsages" is unknown (did you mean "runUsage"?); known options: ' +
  "namespace, idleDeadlineMs, runUsage, tracerProvider, meterProvider, semconv";

function withoutUsage(span: SpanNode): SpanNode {
  const entries = Object.entries(span.attributes).filter(([key]) => !key.includes(".usage."));
  return { ...span, attributes: Object.fromEntries(entries) };
}

describe.each(MAJORS)("on AI SDK %s", { timeout: 120_000 }, (major) => {
  test.each([
    ["ES module", "switching-import.mjs", true],
    ["CommonJS", "switching-require.cjs", false],
  ])("is switched and configured by its methods: %s", async (_format, program, isRestored) => {
    const [node] = NODES;
    if (!node) throw new Error("no Node runs the tests");
    const { stdout, stderr } = await fixture.project(major).run(node, [program]);
    expect(stderr).toEqual("");
    expect(JSON.parse(stdout)).toEqual({
      enabled: { isInRegistry: true, ...onRegistered(...TREES) },
      "disabled while a stream is open": onRegistered(STREAM),
      disabled: { isInRegistry: false, isRestored, ...onRegistered() },
      "enabled again": { isReplaced: true, ...onRegistered(...TREES) },
      "another provider": onOther(LOOP),
      options: onOther(withoutUsage(LOOP)),
      "an option that is unknown": { refusal: REFUSAL, ...onRegistered(LOOP) },
      "a second instrumentation": onOther(LOOP),
      "the first alone": onRegistered(LOOP),
    });
  });
});
