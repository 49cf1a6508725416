/**
 * Measures each variant in a process of its own, as an application has it. In a shared process the engine compiles the
 * SDK's functions for the objects of all three variants, which no application does.
 */
import type { CaseName } from "./cases.ts";
import { CASES, createCall } from "./cases.ts";
import { loadMajor, type MajorName } from "./majors.ts";
import type { Samples } from "./measure.ts";
import type { NodeBinary } from "./nodes.ts";
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
interface SeparateResult {
  /** The first calls of the process. A function that lives for a few requests makes no others. */
  readonly cold: number;
  /** The median of the batches after the warm-up. */
  readonly warm: number;
}

/** Each round has started one process of each variant. */
export interface SeparateSamples {
  readonly cold: Samples;
  readonly warm: Samples;
}

export const COLD_CALLS = 100;
export const WARMUP_CALLS = 3_000;
/** After the calls, the engine still compiles for about this time. */
export const WARMUP_MS = 2_500;
export const BATCHES = 41;
const BATCH_MS = 25;

/** Starts `rounds` processes of each variant. The order of the variants changes from round to round. */
export async function measureSeparately(
  job: Omit<SeparateJob, "variant">,
  rounds: number,
  node: NodeBinary,
): Promise<SeparateSamples> {
  const cold: Record<VariantName, number[]> = { bare: [], floor: [], wrapped: [] };
  const warm: Record<VariantName, number[]> = { bare: [], floor: [], wrapped: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const index of VARIANT_NAMES.keys()) {
      const variant = VARIANT_NAMES[(index + round) % VARIANT_NAMES.length] ?? "bare";
      const result = await runInProcess<SeparateResult>({ ...job, variant }, node);
      cold[variant].push(result.cold);
      warm[variant].push(result.warm);
    }
  }
  return { cold, warm };
}

/** The work of one process. */
export async function runSeparateJob(job: SeparateJob): Promise<SeparateResult> {
  const major = await loadMajor(job.major);
  register(job.mode);
  const found = CASES.find(({ name }) => name === job.case);
  if (found === undefined) throw new Error(`no such case: ${job.case}`);
  const program = createVariants(major, createCall(major, found))[job.variant];
  const cold = await timeCalls(program, COLD_CALLS);
  let callNs = await timeCalls(program, WARMUP_CALLS);
  const begin = performance.now();
  while (performance.now() - begin < WARMUP_MS) callNs = await timeCalls(program, callsIn(callNs));
  const calls = callsIn(callNs);
  const batches: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) batches.push(await timeCalls(program, calls));
  return { cold, warm: batches.toSorted((left, right) => left - right)[(BATCHES - 1) / 2] ?? NaN };
}

/** How many calls fill a batch. */
function callsIn(callNs: number): number {
  return Math.max(1, Math.round((BATCH_MS * 1e6) / callNs));
}

async function timeCalls(program: Program, calls: number): Promise<number> {
  const begin = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await program();
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1e3) / calls;
}
