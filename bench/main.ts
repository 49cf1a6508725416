/**
 * `npm run bench`: what the spans cost, against the bare SDK and against the same spans opened by hand.
 */
import { ArgumentError, readArguments, USAGE, type BenchArguments } from "./arguments.ts";
import { createCall, type Case } from "./cases.ts";
import { createCell, type Cell } from "./figures.ts";
import { loadMajor, type Major } from "./majors.ts";
import { measure, type Effort } from "./measure.ts";
import { environment, PAGE_PATH, writePage } from "./page.ts";
import { profile } from "./profile.ts";
import { report } from "./report.ts";
import { assertSameSpans } from "./same-spans.ts";
import { MODE_TITLES, register } from "./telemetry.ts";
import { createVariants } from "./variants.ts";

const WHOLE: Effort = { warmupMs: 500, roundsMs: 6_000, leastRounds: 31, batchMs: 6, allocationRounds: 7 };
const QUICK: Effort = { warmupMs: 150, roundsMs: 700, leastRounds: 7, batchMs: 4, allocationRounds: 3 };
/** A chunk costs the SDK a hundred times what is looked for in streams: that takes more rounds to see. */
const STREAM_ROUNDS = 4;

async function main(argv: readonly string[]): Promise<void> {
  const chosen = readArguments(argv);
  if (chosen.help) {
    process.stdout.write(USAGE);
    return;
  }
  // Warnings of models say nothing to a benchmark.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const majors = await Promise.all(chosen.majors.map(loadMajor));
  for (const major of majors) {
    for (const program of chosen.cases) await assertSameSpans(major, createCall(major, program));
  }
  if (chosen.profile) await profileAll(chosen, majors);
  else await measureAll(chosen, majors);
}

async function measureAll(chosen: BenchArguments, majors: readonly Major[]): Promise<void> {
  const cells: Cell[] = [];
  for (const mode of chosen.modes) {
    for (const major of majors) {
      for (const program of chosen.cases) {
        process.stderr.write(`${MODE_TITLES[mode]}, ${major.name}, ${program.title}\n`);
        const unregister = register(mode);
        const measurement = await measure(createVariants(major, createCall(major, program)), effortOf(program, chosen.quick));
        unregister();
        cells.push(createCell({ major, mode, case: program }, measurement));
      }
    }
  }
  const versions = majors.map(({ version }) => `ai ${version}`);
  const tables = `${environment(versions)}\n\n${report(cells)}`;
  process.stdout.write(`${tables}\n`);
  if (!chosen.write) return;
  await writePage(tables);
  process.stderr.write(`written: ${PAGE_PATH}\n`);
}

function effortOf({ group }: Case, quick: boolean): Effort {
  const effort = quick ? QUICK : WHOLE;
  return group === "streams" ? { ...effort, roundsMs: effort.roundsMs * STREAM_ROUNDS } : effort;
}

async function profileAll(chosen: BenchArguments, majors: readonly Major[]): Promise<void> {
  for (const mode of chosen.modes) {
    for (const major of majors) {
      for (const program of chosen.cases) {
        const unregister = register(mode);
        const variants = createVariants(major, createCall(major, program));
        const text = await profile(variants, chosen.quick ? 4_000 : 16_000);
        unregister();
        process.stdout.write(`## ${MODE_TITLES[mode]}, ${major.name}, ${program.title}\n\n${text}\n\n`);
      }
    }
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isArgument = error instanceof ArgumentError;
  process.stderr.write(`bench: ${isArgument || !(error instanceof Error) ? String(error).replace(/^\w*Error: /, "") : error.stack}\n`);
  process.exitCode = isArgument ? 2 : 1;
}
