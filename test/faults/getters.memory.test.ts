/**
 * Getters in what the caller passes, and in the events that the SDK tells our adapter of, that throw when ours reads them:
 * what cannot be read is not recorded, and all else is.
 */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { excuseFindings } from "../registry/excused.ts";
import { SETTINGS, Trials } from "./expected.ts";
import { EVERY_CALL } from "./fault-point.ts";
import { adapterWithGetters, getterPlaces } from "./faulty-getters.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import type { Expected } from "./findings.ts";
import { PROGRAMS } from "./programs.ts";
import { GETTER_PROGRAMS } from "./getter-programs.ts";
import type { Outcome, SpanFacts, Trial } from "./trial.ts";

const trials = new Trials(await loadOnFaultyPlatform(() => import("ai-spans")));

/** What cannot be read cannot be wrapped: operations whose spans a place may cost. */
const LOST_SPANS: readonly (readonly [place: RegExp, operation: string])[] = [
  [/^(parameters|settings)\.model$/, "chat"],
  [/^((parameters|settings)\.tools|tools\.searchRooms|tool\.execute)$/, "execute_tool"],
];

const operationOf = ({ attributes }: SpanFacts): unknown => attributes["gen_ai.operation.name"];

function findingsOf(place: string, { seen, spans, exceptions }: Outcome, expected: Expected): string[] {
  const findings: string[] = [];
  const lost = LOST_SPANS.find(([pattern]) => pattern.test(place))?.[1];
  const sound = expected.sound.spans;
  if (!isDeepStrictEqual(seen, expected.seen))
    findings.push(`the program sees ${JSON.stringify(seen)} in place of ${JSON.stringify(expected.seen)}`);
  if (exceptions.length > 0) findings.push(`uncaught: ${exceptions.map(String).join()}`);
  for (const { name, ends } of spans) if (ends !== 1) findings.push(`${name} was ended ${ends} times`);
  const left = sound.filter(
    (span) => operationOf(span) !== lost || spans.some((other) => operationOf(other) === lost),
  );
  if (!isDeepStrictEqual(spans.map(operationOf), left.map(operationOf))) {
    findings.push(
      `spans: ${spans.map(({ name }) => name).join()} in place of ${sound.map(({ name }) => name).join()}`,
    );
    return findings;
  }
  spans.forEach(({ attributes, status, name }, index) => {
    const other = left[index];
    for (const [key, value] of Object.entries(attributes)) {
      const known = other?.attributes[key];
      // An agent whose name cannot be read has its id for one.
      const isId = key === "gen_ai.agent.name" && value === "booking";
      if (!isId && !isDeepStrictEqual(known, value)) findings.push(`${name} has ${key} ${String(value)}`);
    }
    if (other?.status !== status) findings.push(`${name} has status ${status}`);
    const missing = Object.keys(other?.attributes ?? {}).filter((key) => !(key in attributes));
    if (process.env["SHOW"]) console.log(place, name, missing.join());
  });
  return findings;
}

describe.each(SETTINGS)("on $major.name, by the $entry", (setting) => {
  test.each(GETTER_PROGRAMS)("that $title", { timeout: 60_000 }, async (program) => {
    excuseFindings([{ rule: "error.type" }, { rule: "required" }, { rule: "start" }, { rule: "name" }]);
    const trial: Trial = { ...setting, program, isMetered: false, faults: [] };
    await trials.compare(trial);
    for (const place of getterPlaces()) {
      const { outcome, expected } = await trials.compare({
        ...trial,
        faults: [{ place, calls: EVERY_CALL }],
      });
      expect.soft(findingsOf(place, outcome, expected), place).toEqual([]);
    }
  });
});

describe("in the events of the SDK", () => {
  const setting = SETTINGS.find(({ entry }) => entry === "adapter");
  if (setting === undefined) throw new Error("no adapter");

  test.each(PROGRAMS)("of a program that $title", { timeout: 60_000 }, async (program) => {
    excuseFindings([{ rule: "error.type" }, { rule: "required" }, { rule: "start" }, { rule: "name" }]);
    const trial: Trial = { ...setting, program, isMetered: false, faults: [], layerOf: adapterWithGetters };
    await trials.compare(trial);
    for (const place of getterPlaces().filter((name) => name.includes(" event"))) {
      const { outcome, expected } = await trials.compare({
        ...trial,
        faults: [{ place, calls: EVERY_CALL }],
      });
      if (outcome.strikes.every((count) => count === 0)) continue;
      expect.soft(findingsOf(place, outcome, expected), place).toEqual([]);
    }
  });
});
