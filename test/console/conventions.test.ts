/**
 * A run prints the same in each version of the conventions, and in several versions side by side in one process.
 *
 * Holds: printed-runs, versions.
 */
import { wrapAISDK, type SemconvVersion } from "ai-spans";
import { beforeAll, describe, expect, test } from "vitest";
import { SEMCONV_VERSIONS } from "../../src/semconv/vocabulary.ts";
import { excuseFindings } from "../registry/excused.ts";
import { majors, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { createPrinting, tracedBy, type Printing } from "./printed.ts";

// Other tests check only the latest version.
beforeAll(() => excuseFindings([{ rule: "deprecated" }, { rule: "required" }]));

const LINES = [
  "span                        outcome  duration      tokens  time",
  "invoke_agent booking-agent  ok              #  1,300 → 30  ━",
  "└── chat mock-model         ok              #  1,300 → 30  ━",
  "",
  "",
];

async function runIn(version: string, printing: Printing, major: Major): Promise<void> {
  tracedBy(printing, major);
  const options = { tracerProvider: printing.provider, semconv: version as SemconvVersion };
  await wrapAISDK(major.ai, options).generateText({
    model: scriptedModel(major, [{ parts: [{ text: "a room" }], usage: { input: 1_300, output: 30 } }]).model,
    prompt: "a room?",
    ...major.telemetryOptions({ functionId: "booking-agent" }),
  });
}

describe.each(majors)("on $name", (major) => {
  test.each(SEMCONV_VERSIONS)("version %s", async (version) => {
    const printing = createPrinting();
    await runIn(version, printing, major);
    expect(printing.timeless()).toBe(LINES.join("\n"));
  });

  test("all versions in one process", async () => {
    const printing = createPrinting();
    for (const version of SEMCONV_VERSIONS) await runIn(version, printing, major);
    expect(printing.timeless()).toBe(SEMCONV_VERSIONS.map(() => LINES.join("\n")).join(""));
  });
});
