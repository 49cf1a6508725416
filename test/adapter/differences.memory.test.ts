/**
 * Plays each program of test/conformance, test/exits and test/transparency once with the wrapper and once with the
 * adapter. The differences of the two span trees must equal the table behind docs/reference/adapter.md.
 *
 * Holds: same-by-adapter.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { excuseFindings } from "../registry/excused.ts";
import { findDifferences } from "./differences/play.ts";
import { comparedPrograms } from "./differences/programs.ts";
import { expectedDifferences } from "./differences/table.ts";

// A failover model answers with another name than the one its span starts with.
beforeAll(() => excuseFindings([{ rule: "start", subject: "gen_ai.request.model" }]));

const everyProgram = Object.values(comparedPrograms).flat();
const expected = expectedDifferences();

describe("the adapter's spans differ from the wrapper's as the table says", () => {
  // One test plays a whole folder, because a garbage collection takes long. A loaded machine takes several times as
  // long.
  test.each(Object.entries(comparedPrograms))("%s", { timeout: 400_000 }, async (_folder, programs) => {
    const titles = new Set(programs.map(({ title }) => title));
    const found = await findDifferences(programs);
    expect(found).toEqual(Object.fromEntries([...expected].filter(([title]) => titles.has(title))));
  });
});

test("the table names programs that exist, and no two programs have one title", () => {
  const titles = new Set(everyProgram.map(({ title }) => title));
  expect([...expected.keys()].filter((title) => !titles.has(title))).toEqual([]);
  expect(titles.size).toBe(everyProgram.length);
});
