/**
 * Runs one process for each major and mode, because an application has one of each. What the engine optimizes for one
 * SDK or tracer must not affect another. Each job runs in several processes, because compilation differs from process
 * to process.
 */
import { fork } from "node:child_process";
import type { CaseName } from "./cases.ts";
import type { MajorName } from "./majors.ts";
import type { NodeBinary } from "./nodes.ts";
import type { Effort, Measurement, Samples } from "./measure.ts";
import type { ModeName } from "./telemetry.ts";
import { VARIANT_NAMES } from "./variants.ts";

export interface Job {
  readonly major: MajorName;
  readonly mode: ModeName;
  readonly cases: readonly { readonly name: CaseName; readonly effort: Effort }[];
}

/** One measurement per case, in the order of the job's cases. */
export type JobResult = readonly Measurement[];

const WORKER = "AI_SPANS_BENCH_WORKER";

/** Runs the job in several processes, one after the other, and pools their rounds. */
export async function runInProcesses(job: Job, processes: number, node: NodeBinary): Promise<JobResult> {
  let pooled: JobResult | undefined;
  for (let index = 0; index < processes; index += 1) {
    const result = await runInProcess<JobResult>(job, node);
    pooled =
      pooled?.map((measurement, position) => pool(measurement, result[position] ?? measurement)) ?? result;
  }
  return pooled ?? [];
}

/** Runs one job, of the type that the worker of {@link serve} expects, in a new process. */
export function runInProcess<Result>(job: object, { path }: NodeBinary): Promise<Result> {
  return new Promise((resolve, reject) => {
    // Starts the same file with the same flags. The environment variable makes it a worker.
    const worker = fork(process.argv[1] ?? "", [], {
      execPath: path,
      env: { ...process.env, [WORKER]: "1" },
    });
    worker.once("message", (result) => resolve(result as Result)); // The message that `serve` sends, in this file.
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a process of the benchmark ended with code ${code}`)));
    worker.send(job);
  });
}

/** @returns false if this process is not a worker; a worker does the one job that it receives, then exits */
export function serve(work: (job: unknown) => Promise<object>): boolean {
  if (process.env[WORKER] === undefined || process.send === undefined) return false;
  process.once("message", (job) => {
    work(job).then(
      (result) => process.send?.(result, undefined, {}, () => process.exit()),
      (error: unknown) => {
        process.stderr.write(`bench: ${String(error instanceof Error ? error.stack : error)}\n`);
        process.exit(1);
      },
    );
  });
  return true;
}

function pool(left: Measurement, right: Measurement): Measurement {
  return {
    nanoseconds: poolSamples(left.nanoseconds, right.nanoseconds),
    bytes: poolSamples(left.bytes, right.bytes),
  };
}

function poolSamples(left: Samples, right: Samples): Samples {
  const pooled: Samples = { bare: [], floor: [], wrapped: [] };
  for (const name of VARIANT_NAMES) pooled[name].push(...left[name], ...right[name]);
  return pooled;
}
