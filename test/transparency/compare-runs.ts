/**
 * The runner of the transparency programs: each is run on the bare SDK and on the wrapped one, and has to see the same,
 * with no telemetry at all, with spans that are dropped or recorded, and with telemetry that throws wherever it can.
 */
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import type { Major } from "../support/majors.ts";
import { racesOnRelease } from "../support/on-release.ts";
import { FAULTY_MODES, MODES, type Mode } from "./modes.ts";
import { programs } from "./programs.ts";
import { byChannel, PACES, play, type Application, type Entry, type Pace, type Program } from "./stage.ts";

/** Every fault meets a share of the programs and every program a share of the faults: all of both would take minutes. */
const SHARES = 12;

/** The bare SDK is asked once per program and pace; a file holds one major. */
const bareRuns = new Map<string, Promise<readonly Entry[]>>();

function playBare(program: Program, major: Major, pace: Pace): Promise<readonly Entry[]> {
  const key = `${pace}: ${program.title}`;
  const run = bareRuns.get(key) ?? play(program, applicationOf(major, pace, major.ai));
  bareRuns.set(key, run);
  return run;
}

function applicationOf(major: Major, pace: Pace, ai: object): Application {
  // Programs call the SDK in ways that no type allows.
  return { major, pace, sdk: ai as Application["sdk"] };
}

/**
 * Parts of a model that answers at once come a microtask later (docs/why/discoveries/streams-and-ticks.md). On some old
 * releases the order of all entries hangs on that.
 */
function comparable(entries: readonly Entry[], pace: Pace): unknown {
  if (racesOnRelease()) return entries.map((entry) => JSON.stringify(entry)).toSorted();
  return pace === "in turns" ? entries : byChannel(entries);
}

async function expectSame(program: Program, major: Major, { mode, pace }: { mode: Mode; pace: Pace }) {
  mode.install();
  // v6 enters contexts by itself: telemetry that throws can reach the bare SDK too.
  const isSound = MODES.some((sound) => sound === mode);
  const bare = await (isSound
    ? playBare(program, major, pace)
    : play(program, applicationOf(major, pace, major.ai)));
  const wrapped = await play(program, applicationOf(major, pace, wrapAISDK(major.ai)));
  expect(comparable(wrapped, pace), `${pace}, ${mode.title}`).toEqual(comparable(bare, pace));
}

async function expectTransparent(program: Program, major: Major): Promise<void> {
  for (const pace of program.paces ?? PACES) {
    const bare = await playBare(program, major, pace);
    expect(bare.length, "entries").toBeGreaterThan(0);
    // A program that sees two things in two runs can be compared with nothing.
    expect(await play(program, applicationOf(major, pace, major.ai)), `${pace}, bare again`).toEqual(bare);
    for (const mode of MODES) {
      if (mode.paces.includes(pace)) await expectSame(program, major, { mode, pace });
    }
  }
}

export function compareRuns(major: Major): void {
  const themes = Object.entries(programs).map(([theme, table]) => ({
    theme,
    table: table.filter(({ majors }) => majors === undefined || majors.includes(major.name)),
  }));

  for (const { theme, table } of themes) {
    // Titles are put in by hand: `test.each` cuts long ones short.
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
