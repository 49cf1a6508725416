/**
 * Agents whose classes override methods of the SDK's class, on every major and traced in every possible way. They
 * observe the same as untraced agents, and each run has the spans of its calls.
 */
import { describe, expect, test } from "vitest";
import { majors } from "../../support/majors.ts";
import { outlineOf } from "../../support/outline.ts";
import { compareAgents, MAKINGS } from "./makings.ts";
import { OVERRIDES } from "./override-programs.ts";
import { QUEUES } from "./queue-programs.ts";
import type { Row } from "./rows.ts";
import { STREAMS } from "./stream-programs.ts";

const ROWS: readonly Row[] = [...OVERRIDES, ...STREAMS, ...QUEUES];

describe.each(majors)("on $name", (major) => {
  const rows = ROWS.filter((row) => row.majors?.includes(major.name) ?? true).flatMap((program) =>
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
    const expected = program.outlines?.[making] ?? program.outline;
    if (typeof expected === "string") expect(outlineOf(telemetry)).toBe(expected);
    else expect(outlineOf(telemetry)).toMatch(expected);
    expect(telemetry.open).toEqual([]);
    expect(telemetry.diagnostics).toEqual([]);
  });
});
