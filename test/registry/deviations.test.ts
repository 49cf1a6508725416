/**
 * docs/why/conformance.md has the same table of deviations as the code. Real runs meet every entry, so an entry that no
 * run meets must be removed.
 */
import { readFileSync } from "node:fs";
import { metrics } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { beforeAll, expect, test } from "vitest";
import type { TreeProgram } from "../conformance/program.ts";
import { programs } from "../conformance/programs.ts";
import { says } from "../conformance/script.ts";
import { stageOn } from "../harness/stage.ts";
import { settle } from "../support/gate.ts";
import { v6, v7 } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { wayOf } from "../support/ways.ts";
import { metDeviations } from "./checked-telemetry.ts";
import { ANY, DEVIATIONS, type Deviation } from "./deviations.ts";
import { placeOf, type Rule } from "./finding.ts";

const HEAD = ["| rule | on | what | why |", "| --- | --- | --- | --- |"];

function rowOf({ rule, on, subjects, reason }: Deviation): string {
  const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");
  return `| ${rule} | ${code(on)} | ${code(subjects)} | ${reason} |`;
}

test("docs/why/conformance.md has the table", () => {
  const page = readFileSync(new URL("../../docs/why/conformance.md", import.meta.url), "utf8");
  const lines = page.split("\n");
  const start = lines.indexOf(HEAD[0] ?? "");
  const end = lines.indexOf("", start);
  expect(lines.slice(start, end)).toEqual([...HEAD, ...DEVIATIONS.map(rowOf)]);
});

function isMet(rule: Rule, on: string, subject: string): boolean {
  if (on !== ANY) return metDeviations().has(placeOf({ rule, on, subject }));
  return [...metDeviations()].some((met) => met.startsWith(`${rule}, `) && met.endsWith(`, ${subject}`));
}

async function run(program: Pick<TreeProgram, "run" | "options">, major = v7): Promise<void> {
  const telemetry = setupTelemetry();
  await program.run(stageOn(wayOf("wrapper", major), telemetry, program.options));
  await settle(() => telemetry.started.length > 0 && telemetry.open.length === 0);
}

/** Not a program of the differential table, because its spans have no provider. */
const NAMELESS: Pick<TreeProgram, "run"> = {
  run: async ({ major, sdk }) => {
    const { model } = scriptedModel(major, [says("a room")]);
    const nameless = { ...model, provider: undefined, supportedUrls: {} };
    await sdk.generateText({ model: nameless, prompt: "a room" });
  },
};

beforeAll(async () => {
  const provider = new MeterProvider();
  metrics.setGlobalMeterProvider(provider);
  for (const program of Object.values(programs).flat()) {
    if (program.majors?.includes(v7.name) !== false) await run(program);
  }
  // v7 refuses a model without a provider before it calls the model.
  await run(NAMELESS, v6);
  await provider.shutdown();
}, 60_000);

test.each(DEVIATIONS.map((deviation) => ({ deviation })))(
  "the programs of test/conformance meet $deviation.subjects of $deviation.on",
  ({ deviation: { rule, on, subjects } }) => {
    const unmet = on.flatMap((one) => subjects.filter((subject) => !isMet(rule, one, subject)));
    expect(unmet).toEqual([]);
  },
);

test("no finding belongs to two entries", () => {
  const places = DEVIATIONS.flatMap(({ rule, on, subjects }) =>
    on.flatMap((one) => subjects.map((subject) => placeOf({ rule, on: one, subject }))),
  );
  expect(new Set(places).size).toBe(places.length);
});
