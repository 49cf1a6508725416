/**
 * The doctor beside other instrumentations: it names those that trace the same calls, and the attribute keys under which
 * they record content. Its reports have no content.
 *
 * Holds: doctor-finds, doctor-no-content.
 */
import type { Report } from "ai-spans/doctor";
import { expect, test } from "vitest";
import { DD_TRACE_6 } from "./datadog.ts";
import { integration } from "./integrations.ts";
import { runBeside, type Major, type Neighbor, type Way } from "./run-beside.ts";
import { sentry } from "./sentry.ts";

const underDoctor = (neighbor: Neighbor): Neighbor => ({
  ...neighbor,
  args: ["--import", "ai-spans/doctor", ...(neighbor.args ?? [])],
  environment: (url) => ({ ...neighbor.environment?.(url), AI_SPANS_DOCTOR: "json" }),
});

async function detailsOf(neighbor: Neighbor, major: Major, way: Way): Promise<Record<string, unknown>> {
  const { errors, program } = await runBeside(underDoctor(neighbor), major, way);
  const line = errors.split("\n").find((each) => each.startsWith('{"moment"')) ?? "";
  // What the program got has its prompts and answers; the report has none of the texts.
  for (const text of textsOf(program)) expect(line).not.toContain(text);
  const { findings } = JSON.parse(line) as Report;
  return Object.fromEntries(findings.map(({ id, details }) => [id, details]));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length > 12 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const CONTENT = ["gen_ai.input.messages", "gen_ai.output.messages"];

test.each([
  ["v6", "wrapper"],
  ["v7", "wrapper"],
  ["v7", "adapter"],
] as const)("Sentry at its defaults, %s, %s", async (major, way) => {
  const details = await detailsOf(sentry("defaults"), major, way);
  expect(details).toMatchObject({
    "traced-twice": { neighbors: expect.arrayContaining(["Sentry"]), scopes: ["Sentry"] },
    "content-next-door": { scopes: ["Sentry"], keys: expect.arrayContaining(CONTENT) },
  });
});

test("Sentry with recordInputs and recordOutputs off", async () => {
  const details = await detailsOf(sentry("explicit"), "v7", "wrapper");
  expect(details).toMatchObject({ "traced-twice": { scopes: ["Sentry"] } });
  expect(details).not.toHaveProperty("content-next-door");
});

test.each(["v6", "v7"] as const)("Datadog, %s", async (major) => {
  const details = await detailsOf(DD_TRACE_6, major, "wrapper");
  expect(details).toMatchObject({ "traced-twice": { neighbors: ["dd-trace"], scopes: [] } });
  expect(details).not.toHaveProperty("content-next-door");
});

test.each([
  ["the SDK's own telemetry", "v6", "ai", ["ai.prompt.messages", "ai.response.text"]],
  ["@ai-sdk/otel", "v7", "gen_ai", CONTENT],
  ["langfuse", "v6", "ai", ["ai.prompt.messages", "ai.response.text"]],
] as const)("%s, %s", async (name, major, scope, keys) => {
  const details = await detailsOf(integration(name, major), major, "wrapper");
  expect(details).toMatchObject({
    "traced-twice": { scopes: [scope] },
    "content-next-door": { scopes: [scope], keys: expect.arrayContaining([...keys]) },
  });
});

test("langfuse, v7", async () => {
  const details = await detailsOf(integration("langfuse", "v7"), "v7", "wrapper");
  expect(details).toMatchObject({
    "traced-twice": { neighbors: ["LangfuseVercelAiSdkIntegration"] },
    "content-next-door": { keys: expect.arrayContaining(CONTENT) },
  });
});
