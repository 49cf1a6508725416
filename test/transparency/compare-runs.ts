/**
 * Runs each transparency program on the bare SDK and on the wrapped one. The program must observe the same in every
 * mode: without telemetry, with spans dropped, with spans recorded, and with telemetry that throws.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { programsOn } from "../harness/program.ts";
import type { Major } from "../support/majors.ts";
import { racesOnRelease } from "../support/on-release.ts";
import { FAULTY_MODES, MODES, type Mode } from "./modes.ts";
import { programs } from "./programs.ts";
import { byChannel, type Entry, type Pace, PACES, play, settingsOn, type WatchedProgram } from "./stage.ts";

/**
 * Each fault runs with one share of the programs, and each program with one share of the faults. All pairs would take
 * minutes.
 */
const SHARES = 12;

/** Results on the bare SDK, one run per program and pace. A test file has one major. */
const bareRuns = new Map<string, Promise<readonly Entry[]>>();

function playBare(program: WatchedProgram, major: Major, pace: Pace): Promise<readonly Entry[]> {
  const key = `${pace}: ${program.title}`;
  const run = bareRuns.get(key) ?? play(program, settingsOn(major, pace));
  bareRuns.set(key, run);
  return run;
}

/**
 * The entries in a form that can be compared. If a model answers at once, its parts come one microtask later when
 * wrapped (docs/why/discoveries/streams-and-ticks.md), so only the order inside each channel is compared. On some old
 * releases the order of all entries depends on that microtask, so these compare the entries without their order.
 */
function comparable(entries: readonly Entry[], pace: Pace): unknown {
  if (racesOnRelease()) return entries.map((entry) => JSON.stringify(entry)).toSorted();
  return pace === "in turns" ? entries : byChannel(entries);
}

async function expectSame(program: WatchedProgram, major: Major, { mode, pace }: { mode: Mode; pace: Pace }) {
  mode.install();
  // v6 itself enters contexts, so telemetry that throws can also change the bare run.
  const isSound = MODES.some((sound) => sound === mode);
  const bare = await (isSound ? playBare(program, major, pace) : play(program, settingsOn(major, pace)));
  const wrapped = await play(program, settingsOn(major, pace, wrapAISDK(major.ai)));
  expect(comparable(wrapped, pace), `${pace}, ${mode.title}`).toEqual(comparable(bare, pace));
}

async function expectTransparent(program: WatchedProgram, major: Major): Promise<void> {
  for (const pace of program.paces ?? PACES) {
    const bare = await playBare(program, major, pace);
    expect(bare.length, "entries").toBeGreaterThan(0);
    // A program whose bare runs differ cannot be compared.
    expect(await play(program, settingsOn(major, pace)), `${pace}, bare again`).toEqual(bare);
    for (const mode of MODES) {
      if (mode.paces.includes(pace)) await expectSame(program, major, { mode, pace });
    }
  }
}

export function compareRuns(major: Major): void {
  const themes = Object.entries(programs).map(([theme, table]) => ({
    theme,
    table: programsOn(major, table),
  }));

  for (const { theme, table } of themes) {
    // Not `test.each`, because it shortens long titles.
    describe(`${theme} on ${major.name}`, () => {
      for (const program of table) test(program.title, () => expectTransparent(program, major));
    });
  }

  describe(`with telemetry that throws, on ${major.name}`, () => {
    for (const [index, mode] of FAULTY_MODES.entries()) {
      for (const { theme, table } of themes) {
        const share = table.filter((_program, place) => (place + index) % SHARES === 0);
        if (share.length === 0) continue;
        test(`${theme} ${mode.title}`, async () => {
          for (const program of share) {
            const [pace = "at once"] = program.paces ?? PACES;
            await expectSame(program, major, { mode, pace });
          }
        });
      }
    }
  });

  test(`has no two programs of one title on ${major.name}`, () => {
    const titles = themes.flatMap(({ table }) => table.map(({ title }) => title));
    expect(new Set(titles).size).toBe(titles.length);
  });
}
