/**
 * `ai-spans/doctor` beside `ai-spans/register`: it finds nothing in a sound program, whichever flag comes first, and says
 * why the flag records nothing.
 *
 * Holds: doctor-finds.
 */
import type { Report } from "ai-spans/doctor";
import { describe, expect, test } from "vitest";
import { createFixture } from "./fixture.ts";
import { exportingTo, MAJORS, NODES, type MajorName } from "./project.ts";
import { TREES } from "./workload-trees.ts";

const fixture = createFixture();

const REGISTER = ["--import", "ai-spans/register"];
const DOCTOR = ["--import", "ai-spans/doctor"];
const AS_JSON = { AI_SPANS_DOCTOR: "json" };

async function reportOf(
  major: MajorName,
  flags: readonly string[],
  environment: Readonly<Record<string, string>>,
  program = "static-import.mjs",
): Promise<Report> {
  const [node] = NODES;
  if (!node) throw new Error("no Node runs the tests");
  const args = [...flags, program];
  const { stderr } = await fixture.project(major).run(node, args, { ...environment, ...AS_JSON });
  return JSON.parse(stderr) as Report;
}

describe.each(MAJORS)("on AI SDK %s", { timeout: 120_000 }, (major) => {
  test.each([
    ["after", [...REGISTER, ...DOCTOR]],
    ["before", [...DOCTOR, ...REGISTER]],
  ])("the doctor %s the flag finds nothing in a sound program", async (_when, flags) => {
    const { findings, spans } = await reportOf(major, flags, exportingTo(fixture.receiver.url));
    expect(findings).toEqual([]);
    expect(spans.exported).toBe(spans.started);
    expect(fixture.receiver.trees()).toEqual(TREES);
  });

  test("the doctor finds nothing in a program that loads the SDK and calls nothing", async () => {
    const environment = exportingTo(fixture.receiver.url);
    const { findings, checks } = await reportOf(major, [...REGISTER, ...DOCTOR], environment, "no-call.mjs");
    expect(findings).toEqual([]);
    expect(checks.find(({ id }) => id === "no-tracer-provider")?.reason).toContain("nothing was traced yet");
  });

  test.each([
    ["no endpoint is set", {}, "neither OTEL_EXPORTER_OTLP_ENDPOINT nor"],
    ["the SDK is disabled", { OTEL_SDK_DISABLED: "true" }, "OTEL_SDK_DISABLED is true"],
  ])("the doctor says that %s", async (_what, environment, reason) => {
    const endpoint = "OTEL_SDK_DISABLED" in environment ? exportingTo(fixture.receiver.url) : {};
    const { findings } = await reportOf(major, [...REGISTER, ...DOCTOR], { ...endpoint, ...environment });
    expect(findings.map(({ id }) => id)).toEqual(["no-tracer-provider"]);
    expect(findings[0]?.found).toContain(reason);
  });
});
