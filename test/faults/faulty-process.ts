/**
 * A process that meets a fault at every place. Nothing catches uncaught exceptions and unhandled rejections, so one of
 * ours ends the process. `process.test.ts` runs it with a major and an entry.
 */
import { collectUntil } from "../support/collection.ts";
import { majors } from "../support/majors.ts";
import { EVERY_CALL } from "./fault-point.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { PLACES } from "./places.ts";
import { PROGRAMS } from "./programs.ts";
import type { Entry } from "../support/ways.ts";
import { runTrial } from "./trial.ts";

/** Every place meets one of this many programs. */
const SHARES = 6;

const [, , majorName, entry] = process.argv;
const major = majors.find(({ name }) => name === majorName);
if (major === undefined) throw new Error(`no such major: ${majorName}`);

const loaded = await loadOnFaultyPlatform();
let strikes = 0;
for (const [index, place] of PLACES.entries()) {
  for (const [order, program] of PROGRAMS.entries()) {
    if ((order + index) % SHARES !== 0) continue;
    const faults = [
      { place, calls: EVERY_CALL },
      { place: "diag.warn", calls: EVERY_CALL },
    ];
    // The test passes the entry as an argument.
    const setting = { major, entry: entry as Entry, isMetered: true, isWatched: false };
    const outcome = await runTrial({ ...setting, program, faults }, loaded, collectUntil);
    strikes += outcome.strikes.reduce((sum, count) => sum + count, 0);
    const open = outcome.spans.filter(({ ends }) => ends !== 1).map(({ name }) => name);
    if (open.length > 0) process.stdout.write(`${program.title}, ${place}: not ended once: ${open.join()}\n`);
  }
}
process.stdout.write(strikes > 0 ? "lived" : "met no fault");
