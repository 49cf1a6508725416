/**
 * `npm run bench` measures the cost of the spans, compared with the bare SDK and with the same spans opened by hand.
 */
import { readArguments, USAGE, type BenchArguments } from "./arguments.ts";
import { ArgumentError } from "./parse-options.ts";
import { measureBatches } from "./batches.ts";
import { CASES, createCall, type Case, type CaseName } from "./cases.ts";
import { createCell, type Cell } from "./figures.ts";
import { loadMajor, type Major, type MajorName } from "./majors.ts";
import { measure, warmUp, type Effort, type Measurement } from "./measure.ts";
import { nodeBinary, type NodeBinary } from "./nodes.ts";
import { environment, PAGE_PATH, writePage } from "./page.ts";
import { runInProcesses, serve, type Job } from "./processes.ts";
import { profile } from "./profile.ts";
import { report } from "./report.ts";
import { assertSameSpans } from "./same-spans.ts";
import { MODE_TITLES, register, type ModeName } from "./telemetry.ts";
import { measureSeparately, runSeparateJob, type SeparateJob } from "./separate.ts";
import { reportSeparate, type SeparateCell } from "./separate-report.ts";
import { createVariants } from "./variants.ts";

/** The effort of each process. A batch is long enough for several garbage collections, so that no variant is lucky. */
const WHOLE: Effort = { warmupMs: 600, roundsMs: 2_000, leastRounds: 13, batchMs: 30, allocationRounds: 3 };
const WHOLE_PROCESSES = 1;
const QUICK: Effort = { warmupMs: 400, roundsMs: 1_000, leastRounds: 7, batchMs: 20, allocationRounds: 3 };
const QUICK_PROCESSES = 1;
/** How many processes of each variant are started. */
const SEPARATE_ROUNDS = 3;
const QUICK_SEPARATE_ROUNDS = 2;
/** For the SDK, a chunk costs a hundred times the difference that we measure, so streams need more rounds. */
const STREAM_ROUNDS = 1.5;
const SHORT_STREAM_CHUNKS = 10;
const SHORT_STREAM_WARMUP = 2;
/** Cases that are also measured with a meter provider or with a viewer, one of each kind. The floor has no viewer. */
const CASES_OF_EXTRAS: ReadonlySet<CaseName> = new Set(["one-step", "tool-loop", "stream-1k"]);
const EXTRAS: ReadonlySet<ModeName | undefined> = new Set(["measured", "unsampled-measured", "viewed"]);
/** Cases that show how the cost grows with the tools. They are measured with every span recorded. */
const CASES_OF_TOOLS: ReadonlySet<CaseName> = new Set(["tool-loop-20", "tool-loop-100"]);
/** The modes that are measured in separate processes. */
const SEPARATE_MODES: ReadonlySet<ModeName> = new Set(["sampled", "measured", "unsampled-measured"]);
const PROFILE_MS = 16_000;
const QUICK_PROFILE_MS = 4_000;

async function main(argv: readonly string[]): Promise<void> {
  const chosen = readArguments(argv);
  if (chosen.help) {
    process.stdout.write(USAGE);
    return;
  }
  const majors = await Promise.all(chosen.majors.map(loadMajor));
  for (const major of majors) {
    for (const program of casesOf(chosen, major)) await assertSameSpans(major, createCall(major, program));
  }
  if (chosen.profile) return profileAll(chosen, majors);
  for (const name of chosen.nodes) {
    const node = nodeBinary(name);
    const tables = chosen.separate
      ? await separateTables(chosen, majors, node)
      : await tablesOf(chosen, majors, node);
    process.stdout.write(`${tables}\n`);
    if (!chosen.write) continue;
    await writePage(chosen.separate ? `${name}, separate` : name, tables);
    process.stderr.write(`written: ${PAGE_PATH}\n`);
  }
}

async function separateTables(
  chosen: BenchArguments,
  majors: readonly Major[],
  node: NodeBinary,
): Promise<string> {
  const cells: SeparateCell[] = [];
  const rounds = chosen.quick ? QUICK_SEPARATE_ROUNDS : SEPARATE_ROUNDS;
  for (const mode of chosen.modes.filter((name) => SEPARATE_MODES.has(name))) {
    for (const { name: major } of majors) {
      for (const program of chosen.cases.filter((known) => isSeparate(known, mode, major))) {
        process.stderr.write(`Node ${node.name}, ${MODE_TITLES[mode]}, ${major}, ${program.title}\n`);
        const samples = await measureSeparately({ major, mode, case: program.name }, rounds, node);
        cells.push({ major, mode, case: program, samples });
      }
    }
  }
  return [environment(node.version, versionsOf(majors)), reportSeparate(cells)].join("\n\n");
}

/** Whether the case is measured in separate processes: calls, and one case of each kind with a meter provider. */
function isSeparate({ name, group }: Case, mode: ModeName, major: MajorName): boolean {
  if (CASES_OF_EXTRAS.has(name)) return group === "calls";
  return mode === "sampled" && major === "v7" && (group === "adapter" || CASES_OF_TOOLS.has(name));
}

const versionsOf = (majors: readonly Major[]): string[] => majors.map(({ version }) => `ai ${version}`);

async function tablesOf(chosen: BenchArguments, majors: readonly Major[], node: NodeBinary): Promise<string> {
  const cells: Cell[] = [];
  for (const mode of chosen.modes) {
    for (const major of majors) {
      const programs = casesOf(chosen, major, mode);
      if (programs.length === 0) continue;
      process.stderr.write(`Node ${node.name}, ${MODE_TITLES[mode]}, ${major.name}\n`);
      const cases = programs.map((program) => ({
        name: program.name,
        effort: effortOf(program, chosen.quick),
      }));
      const job: Job = { major: major.name, mode, cases };
      const results = await runInProcesses(job, chosen.quick ? QUICK_PROCESSES : WHOLE_PROCESSES, node);
      for (const [index, program] of programs.entries()) {
        const measurement = results[index];
        if (measurement !== undefined) cells.push(createCell({ major, mode, case: program }, measurement));
      }
    }
  }
  // Batches of messages run in this process, so on its Node alone.
  const batches = chosen.batches && node.path === process.execPath;
  return [
    environment(node.version, versionsOf(majors)),
    ...(cells.length > 0 ? [report(cells)] : []),
    ...(batches ? [measureBatches(chosen.quick ? QUICK : WHOLE)] : []),
  ].join("\n\n");
}

function casesOf({ cases }: BenchArguments, { name }: Major, mode?: ModeName): Case[] {
  return cases.filter(
    (program) =>
      (program.majors?.includes(name) ?? true) &&
      (!EXTRAS.has(mode) || CASES_OF_EXTRAS.has(program.name)) &&
      (mode === undefined || mode === "sampled" || !CASES_OF_TOOLS.has(program.name)),
  );
}

function effortOf({ group }: Case, quick: boolean): Effort {
  const effort = quick ? QUICK : WHOLE;
  return group === "streams" ? { ...effort, roundsMs: effort.roundsMs * STREAM_ROUNDS } : effort;
}

async function runJob({ major: name, mode, cases }: Job): Promise<Measurement[]> {
  const major = await loadMajor(name);
  const unregister = register(mode);
  const measurements: Measurement[] = [];
  for (const { name: wanted, effort } of cases) {
    const program = CASES.find((known) => known.name === wanted);
    if (program === undefined) throw new Error(`no such case: ${wanted}`);
    // A long stream is a single call, so code that runs once per call would still be interpreted. A short stream warms
    // it up.
    if (program.chunkCount !== undefined) {
      const short = createCall(major, { ...program, chunkCount: SHORT_STREAM_CHUNKS });
      await warmUp(createVariants(major, short), SHORT_STREAM_WARMUP * effort.warmupMs);
    }
    measurements.push(await measure(createVariants(major, createCall(major, program)), effort));
  }
  unregister();
  return measurements;
}

async function profileAll(chosen: BenchArguments, majors: readonly Major[]): Promise<void> {
  for (const mode of chosen.modes) {
    for (const major of majors) {
      for (const program of casesOf(chosen, major, mode)) {
        const unregister = register(mode);
        const variants = createVariants(major, createCall(major, program));
        const text = await profile(variants, chosen.quick ? QUICK_PROFILE_MS : PROFILE_MS);
        unregister();
        process.stdout.write(`## ${MODE_TITLES[mode]}, ${major.name}, ${program.title}\n\n${text}\n\n`);
      }
    }
  }
}

// Turns off the SDK's warnings about models, which are of no use here.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

/** Does what a process of the benchmark was started for. Only this file sends jobs. */
const work = (job: unknown): Promise<object> => {
  const known = job as Job | SeparateJob;
  return "variant" in known ? runSeparateJob(known) : runJob(known);
};

if (!serve(work)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    const isArgument = error instanceof ArgumentError;
    const text =
      error instanceof Error && !isArgument ? (error.stack ?? error.message) : (error as Error).message;
    process.stderr.write(`bench: ${text}\n`);
    process.exitCode = isArgument ? 2 : 1;
  }
}
