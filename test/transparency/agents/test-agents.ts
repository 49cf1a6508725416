/**
 * Tests the programs of a table on one major, traced in every possible way: each observes the same as the untraced one,
 * and its runs have the spans of the table.
 */
import { expect, test } from "vitest";
import { programsOn } from "../../harness/program.ts";
import type { Major } from "../../support/majors.ts";
import { outlineOf } from "../../support/outline.ts";
import { compareAgents, MAKINGS } from "./makings.ts";
import type { Row } from "./rows.ts";

export function testAgents(major: Major, table: readonly Row[]): void {
  const rows = programsOn(major, table).flatMap((program) =>
    (program.makings ?? Object.keys(MAKINGS)).flatMap((making) =>
      (program.contextManagers ?? [true, false]).map((contextManager) => ({
        program,
        making,
        contextManager,
        title: program.title,
        manager: contextManager ? "a" : "no",
      })),
    ),
  );

  test.each(rows)("an agent that $title, by $making, with $manager context manager", async (row) => {
    const { program, making, contextManager } = row;
    const telemetry = await compareAgents(major, program, making, contextManager);
    const { outline, outlines = {}, unmanaged = outline } = program;
    const expected = outlines[making] ?? (contextManager ? outline : unmanaged);
    if (typeof expected === "string") expect(outlineOf(telemetry)).toBe(expected);
    else expect(outlineOf(telemetry)).toMatch(expected);
    expect(telemetry.open).toEqual([]);
    expect(telemetry.diagnostics).toEqual([]);
  });
}
