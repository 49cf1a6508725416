/**
 * Measures each variant in a process of its own, as an application has it. In a shared process the engine compiles the
 * SDK's functions for the objects of all three variants, which no application does.
 */
import { CASES, createCall, type CaseName } from "./cases.ts";
import { loadMajor, type MajorName } from "./majors.ts";
import type { Samples } from "./measure.ts";
import { runInProcess } from "./processes.ts";
import { register, type ModeName } from "./telemetry.ts";
import { createVariants, VARIANT_NAMES, type Program, type VariantName } from "./variants.ts";

/** One variant of one case. */
export interface SeparateJob {
  readonly major: MajorName;
  readonly mode: ModeName;
  readonly case: CaseName;
  readonly variant: VariantName;
}

/** Nanoseconds of processor time per call. */
export interface SeparateResult {
  /** The first calls of the process. A short-lived function makes no others. */
  readonly cold: number;
  /** The median of the batches after the warm-up. */
  readonly warm: number;
}

/** Processor time per call in separate processes. Each round starts one process of each variant. */
export interface SeparateSamples {
  readonly cold: Samples;
  readonly warm: Samples;
}

export const COLD_CALLS = 100;
export const WARMUP_CALLS = 3_000;
const BATCHES = Number(process.env.SERIES ?? 25);
const BATCH_MS = 25;

/** Starts `rounds` processes of each variant. The order of the variants changes from round to round. */
export async function measureSeparately(
  job: Omit<SeparateJob, "variant">,
  rounds: number,
): Promise<SeparateSamples> {
  const samples: SeparateSamples = {
    cold: { bare: [], floor: [], wrapped: [] },
    warm: { bare: [], floor: [], wrapped: [] },
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const index of VARIANT_NAMES.keys()) {
      const variant = VARIANT_NAMES[(index + round) % VARIANT_NAMES.length] ?? "bare";
      const { cold, warm } = await runInProcess<SeparateResult>({ ...job, variant });
      samples.cold[variant].push(cold);
      samples.warm[variant].push(warm);
    }
  }
  return samples;
}

/** The work of one process. */
export async function runSeparateJob({ major: name, mode, case: wanted, variant }: SeparateJob): Promise<SeparateResult> {
  const major = await loadMajor(name);
  register(mode);
  const found = CASES.find((known) => known.name === wanted);
  if (found === undefined) throw new Error(`no such case: ${wanted}`);
  const program = createVariants(major, createCall(major, found))[variant];
  const cold = await timeCalls(program, COLD_CALLS);
  const warmupNs = await timeCalls(program, WARMUP_CALLS);
  const calls = Math.max(1, Math.round((BATCH_MS * 1e6) / warmupNs));
  const batches: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) batches.push(await timeCalls(program, calls));
  if (process.env.SERIES) console.log(variant, batches.map((b) => (b / 1e3).toFixed(0)).join(' '));
  return { cold, warm: batches.toSorted((left, right) => left - right)[Math.floor(BATCHES / 2)] ?? NaN };
}

async function timeCalls(program: Program, calls: number): Promise<number> {
  const begin = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    await program();
    if (process.env.SETTLE && call % +process.env.SETTLE === 0) await new Promise((r) => setImmediate(r));
  }
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1e3) / calls;
}
