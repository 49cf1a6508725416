/**
 * Measures time and allocations of the three variants. Each round runs a batch of each variant, and the order changes
 * from round to round, so that drift and garbage affect all variants alike. Time is processor time: the programs never
 * wait, and other processes on the machine do not count.
 */
import { GCProfiler, getHeapStatistics } from "node:v8";
import type { Program, VariantName, Variants } from "./variants.ts";

/** One value per round. */
export type Samples = Readonly<Record<VariantName, number[]>>;

export interface Effort {
  /** For each variant, of processor time. */
  readonly warmupMs: number;
  /** For all rounds. */
  readonly roundsMs: number;
  readonly leastRounds: number;
  /** A batch repeats its program for about this time. */
  readonly batchMs: number;
  readonly allocationRounds: number;
}

export interface Measurement {
  /** Nanoseconds of processor time per call, helper threads (garbage collection, compilation) included. */
  readonly nanoseconds: Samples;
  /** Bytes per call. */
  readonly bytes: Samples;
}

/** Batches per count. A count also includes bytes that belong to no call, so several batches share them. */
const BYTES_BATCHES = 3;

/** Every order of the three variants, so that no variant always runs after the same other one. */
const ORDERS: readonly (readonly VariantName[])[] = [
  ["bare", "floor", "wrapped"],
  ["wrapped", "floor", "bare"],
  ["floor", "wrapped", "bare"],
  ["bare", "wrapped", "floor"],
  ["wrapped", "bare", "floor"],
  ["floor", "bare", "wrapped"],
];

export async function measure(variants: Variants, effort: Effort): Promise<Measurement> {
  const callMs = await warmUp(variants, effort.warmupMs);
  const calls = Math.max(1, Math.round(effort.batchMs / callMs));
  return {
    nanoseconds: await time(variants, calls, effort),
    bytes: await countBytes(variants, calls > 1 ? calls * BYTES_BATCHES : 1, effort.allocationRounds),
  };
}

/** @returns milliseconds that a call of the bare program takes when warm */
export async function warmUp(variants: Variants, warmupMs: number): Promise<number> {
  const SLICES = 4;
  let callMs = NaN;
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const name of ORDERS[slice] ?? []) {
      const begin = processorMs();
      let calls = 0;
      do {
        await variants[name]();
        calls += 1;
      } while (processorMs() - begin < warmupMs / SLICES);
      if (name === "bare") callMs = (processorMs() - begin) / calls;
    }
  }
  return callMs;
}

/** On a busy machine, a warm-up by the clock would end before the engine has compiled the program. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

async function time(variants: Variants, calls: number, effort: Effort): Promise<Samples> {
  const samples: Samples = { bare: [], floor: [], wrapped: [] };
  const begin = performance.now();
  for (let round = 0; round < effort.leastRounds || performance.now() - begin < effort.roundsMs; round += 1) {
    for (const name of ORDERS[round % ORDERS.length] ?? []) {
      samples[name].push(await timeBatch(variants[name], calls));
      await settle();
    }
  }
  return samples;
}

async function timeBatch(program: Program, calls: number): Promise<number> {
  const begin = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) await program();
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) * 1e3) / calls;
}

async function countBytes(variants: Variants, calls: number, rounds: number): Promise<Samples> {
  const samples: Samples = { bare: [], floor: [], wrapped: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ORDERS[round % ORDERS.length] ?? []) {
      samples[name].push(await batchBytes(variants[name], calls));
      await settle();
    }
  }
  return samples;
}

/** The growth of the heap, plus the bytes that garbage collections freed during the batch. */
async function batchBytes(program: Program, calls: number): Promise<number> {
  collectGarbage();
  const profiler = new GCProfiler();
  profiler.start();
  const before = getHeapStatistics().used_heap_size;
  for (let call = 0; call < calls; call += 1) await program();
  const grown = getHeapStatistics().used_heap_size - before;
  let freed = 0;
  for (const { beforeGC, afterGC } of profiler.stop().statistics) {
    freed += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  return (grown + freed) / calls;
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("allocations need node --expose-gc");
  globalThis.gc();
}

/** Lets the work that a batch left behind finish, so that the next batch does not pay for it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
