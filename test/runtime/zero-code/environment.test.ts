/**
 * What `ai-spans/register` makes of its environment: the packages that are installed, the variables of OpenTelemetry, and
 * ours.
 *
 * Holds: register-environment.
 */
import { describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../../conformance/expected-spans.ts";
import { completeSpan, type SpanNode } from "../../support/span-tree.ts";
import { createFixture } from "./fixture.ts";
import { exportingTo, NODES, OLDER_HOOKS, type MajorName, type ProjectOptions } from "./project.ts";
import { TEXTS, TREES } from "./workload-trees.ts";

const fixture = createFixture();
const [node = { name: "", path: "" }] = NODES;

const PROGRAMS = [
  ["--import", "ai-spans/register", "static-import.mjs"],
  ["--require", "ai-spans/register", "with-require.cjs"],
] as const;

const NO_HOOKS =
  "ai-spans: AI SDK 5 and 6 are not traced, and 7 less completely: install @opentelemetry/instrumentation";
const OLD_HOOKS =
  "ai-spans: only CommonJS and AI SDK 7 are traced: install @opentelemetry/instrumentation 0.212 or newer";
const NO_SDK =
  "ai-spans: nothing is recorded, because no OpenTelemetry SDK is installed: install @opentelemetry/sdk-node";

/** The warnings of the process, without the process id and the hint that Node adds to the first. */
function warningsIn(stderr: string): string[] {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("(Use `node --trace"));
  return lines.map((line) => line.replace(/^\(node:\d+\) Warning: /, ""));
}

interface Run {
  readonly major: MajorName;
  readonly options?: ProjectOptions;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** @returns the warnings of the program, which must run as without us */
async function warningsOf({ major, options, environment, args = PROGRAMS[0] }: Run): Promise<string[]> {
  const env = { ...exportingTo(fixture.receiver.url), ...environment };
  const { stdout, stderr, code } = await fixture.project(major, options).run(node, args, env);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(TEXTS);
  return warningsIn(stderr);
}

// The SDK's own spans (v5, v6) would hold the prompt and the answer.
test.each(["v5", "v6", "v7"] as const)(
  "sends no span that the AI SDK %s itself records",
  async (major) => {
    const project = fixture.project(major);
    const args = ["--require", "ai-spans/register", "own-telemetry.cjs"];
    const end = await project.run(node, args, exportingTo(fixture.receiver.url));
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(fixture.receiver.trees()).toEqual([completeSpan(agentSpan({}, [chatSpan()]))]);
  },
  120_000,
);

// Of the older majors one is enough: the hooks are the same for all.
describe.each(["v6", "v7"] as const)("AI SDK %s", { timeout: 120_000 }, (major) => {
  test.each(PROGRAMS)("uses the tracing SDK where the whole SDK is not installed: %s %s", async (...args) => {
    const installed = ["api", "instrumentation", "sdk-trace-node", "exporter-trace-otlp-http"];
    expect(await warningsOf({ major, options: { installed }, args })).toEqual([]);
    expect(fixture.receiver.trees()).toEqual(TREES);
  });

  test.each(PROGRAMS)("reports once that no SDK is installed: %s %s", async (...args) => {
    const installed = ["api", "instrumentation"];
    expect(await warningsOf({ major, options: { installed }, args })).toEqual([NO_SDK]);
  });

  test.each(PROGRAMS)("reports once that the hooks are not installed: %s %s", async (...args) => {
    const installed = ["api", "sdk-trace-node", "exporter-trace-otlp-http"];
    expect(await warningsOf({ major, options: { installed }, args })).toEqual([NO_HOOKS]);
    // The registry of v7 needs no hooks.
    expect(fixture.receiver.trees()).toEqual(major === "v7" ? TREES : []);
  });

  test.each(PROGRAMS)("reports once that the hooks for import are too old: %s %s", async (...args) => {
    expect(await warningsOf({ major, options: { openTelemetry: OLDER_HOOKS }, args })).toEqual([OLD_HOOKS]);
    const isTraced = major === "v7" || args[0] === "--require";
    expect(fixture.receiver.trees()).toEqual(isTraced ? TREES : []);
  });

  test("finds the hooks among the dependencies of the whole SDK", async () => {
    const options = { installed: ["api", "sdk-node"] };
    expect(await warningsOf({ major, options })).toEqual([]);
    expect(fixture.receiver.trees()).toEqual(TREES);
  });

  test.each(["sdk-node", "sdk-trace-node"])("leaves OTEL_SDK_DISABLED to %s", async (sdk) => {
    const options = { installed: ["api", "instrumentation", sdk, "exporter-trace-otlp-http"] };
    expect(await warningsOf({ major, options, environment: { OTEL_SDK_DISABLED: "true" } })).toEqual([]);
    expect(fixture.receiver.trees()).toEqual([]);
  });

  test.each(["sdk-node", "sdk-trace-node"])("leaves the sampler and the service to %s", async (sdk) => {
    const options = { installed: ["api", "instrumentation", sdk, "exporter-trace-otlp-http"] };
    expect(await warningsOf({ major, options, environment: { OTEL_TRACES_SAMPLER: "always_off" } })).toEqual(
      [],
    );
    expect(fixture.receiver.trees()).toEqual([]);
    await warningsOf({ major, options, environment: { OTEL_SERVICE_NAME: "rooms" } });
    expect(fixture.receiver.services()).toEqual(["rooms"]);
  });

  test("records nothing without an endpoint", async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: "" };
    expect(await warningsOf({ major, environment })).toEqual([]);
    expect(fixture.receiver.trees()).toEqual([]);
  });

  test("reads the options of the tracing", async () => {
    const environment = { AI_SPANS_RUN_USAGE: "false", AI_SPANS_NAMESPACE: "acme" };
    const args = ["--import", "ai-spans/register", "own-sdk.cjs"];
    const { stdout, stderr } = await fixture.project(major).run(node, args, environment);
    expect(stderr).toEqual("");
    const trees = JSON.parse(stdout) as SpanNode[];
    expect(trees.map(({ attributes }) => attributes["acme.operation.name"])).toEqual([
      "generateText",
      "streamText",
      expect.stringMatching(/Agent.generate$/),
    ]);
    expect(trees.map(({ attributes }) => attributes["gen_ai.usage.input_tokens"])).toEqual(
      TEXTS.map(() => undefined),
    );
    expect(trees.map(({ children }) => children)).toEqual(TREES.map(({ children }) => children));
  });

  test("reports once that a variable is invalid, and uses its default", async () => {
    const environment = {
      AI_SPANS_IDLE_DEADLINE_MS: "soon",
      AI_SPANS_NAMESPACE: "gen_ai",
      AI_SPANS_RUN_USAGE: "no",
      AI_SPANS_SEMCONV: "1.0",
      AI_SPANS_EXIT_TIMEOUT_MS: "never",
    };
    const option = 'is ignored: ai-spans/register: option "';
    expect(await warningsOf({ major, environment })).toEqual([
      `ai-spans: AI_SPANS_NAMESPACE ${option}namespace" must be dotted lower-case words, not ai or gen_ai`,
      `ai-spans: AI_SPANS_IDLE_DEADLINE_MS ${option}idleDeadlineMs" must be a number from 1 to 2147483647`,
      `ai-spans: AI_SPANS_RUN_USAGE ${option}runUsage" must be true or false`,
      `ai-spans: AI_SPANS_SEMCONV ${option}semconv" must be one of latest, 1.41, 1.41/dup, 1.36, 1.36/dup`,
      "ai-spans: AI_SPANS_EXIT_TIMEOUT_MS is ignored: it must be a number from 1 to 2147483647",
    ]);
    expect(fixture.receiver.trees()).toEqual(TREES);
  });
});
