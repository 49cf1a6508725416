/**
 * The page's facts of a run are the same in each version of the conventions, and of several versions side by side in one
 * process.
 *
 * Holds: view-page, versions.
 */
import { context } from "@opentelemetry/api";
import { wrapAISDK, type SemconvVersion } from "ai-spans";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { runsOf } from "../../src/page/run-summary.ts";
import { TraceStore } from "../../src/traces/trace-store.ts";
import { SEMCONV_VERSIONS } from "../../src/semconv/vocabulary.ts";
import { excuseFindings } from "../registry/excused.ts";
import { enabledContextManager } from "../support/context-manager.ts";
import { majors, type Major } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { startProgram, type Program } from "./program.ts";
import { readSpans } from "./read-events.ts";

// Other tests check only the latest version.
beforeAll(() => excuseFindings([{ rule: "deprecated" }, { rule: "required" }]));

let program: Program | undefined;
afterEach(() => program?.viewer.close());

/** Runs that the page shows, one of each version. */
async function runsIn(versions: readonly string[], major: Major): Promise<readonly unknown[]> {
  const { viewer, provider } = (program = startProgram());
  context.disable();
  context.setGlobalContextManager(enabledContextManager());
  for (const version of versions) {
    const ai = wrapAISDK(major.ai, { tracerProvider: provider, semconv: version as SemconvVersion });
    const usage = { input: 1_300, output: 30, cacheRead: 1_200, reasoning: 20 };
    const { model } = scriptedModel(major, [{ parts: [{ text: "a room" }], usage }], {
      provider: "xai.chat",
    });
    await ai.generateText({
      model,
      prompt: "a room?",
      ...major.telemetryOptions({ functionId: "booking-agent" }),
    });
  }
  const count = 2 * versions.length;
  const spans = await readSpans(
    await viewer.listen(),
    (all) => all.filter(({ end }) => end !== undefined).length === count,
  );
  const store = new TraceStore();
  for (const span of spans) store.put(span);
  return [...store.traces.values()].flatMap(runsOf).map(({ name, tokens, models, providers, outcome }) => ({
    name,
    tokens,
    models,
    providers,
    outcome: outcome.name,
  }));
}

const factsIn = (version: string): object => ({
  name: "booking-agent",
  tokens: { input: 1_300, cached: 1_200, output: 30, reasoning: 20 },
  models: ["mock-model"],
  providers: [version === "1.36" ? "xai" : "x_ai"],
  outcome: "ok",
});

describe.each(majors)("on $name", (major) => {
  test.each(SEMCONV_VERSIONS)("version %s", async (version) => {
    expect(await runsIn([version], major)).toEqual([factsIn(version)]);
  });

  test("all versions in one process", async () => {
    expect(await runsIn(SEMCONV_VERSIONS, major)).toEqual(SEMCONV_VERSIONS.map(factsIn));
  });
});
