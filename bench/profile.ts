/**
 * Shows where the floor and the wrapped SDK spend time and bytes: V8's sampling profilers, function by function, per
 * call. The two take turns, so that the state of the machine affects both alike.
 */
import { Session, type HeapProfiler, type Profiler } from "node:inspector/promises";
import { table } from "./report.ts";
import type { Program, Variants } from "./variants.ts";

const INTERVAL_MICROSECONDS = 100;
const INTERVAL_BYTES = 256;
const TURNS = 4;
const LISTED = 20;

const OWNERS = ["ours", "floor", "OpenTelemetry", "AI SDK", "Node and V8"] as const;
type Owner = (typeof OWNERS)[number];

type Cost = "microseconds" | "bytes";

interface FunctionCost {
  readonly owner: Owner;
  readonly name: string;
  /** Per call of the floor and of the wrapped SDK. */
  floor: number;
  wrapped: number;
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The cost of the frames of one profile, per call. */
type FrameCosts = readonly { readonly callFrame: Frame; readonly cost: number }[];

export async function profile(variants: Variants, milliseconds: number): Promise<string> {
  const sections: string[] = [];
  for (const cost of ["microseconds", "bytes"] as const satisfies Cost[]) {
    const functions = new Map<string, FunctionCost>();
    const take = cost === "bytes" ? profileBytes : profileTime;
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const name of turn % 2 === 0 ? (["floor", "wrapped"] as const) : (["wrapped", "floor"] as const)) {
        await repeat(variants[name], milliseconds / TURNS / 8);
        add(functions, name, await take(variants[name], milliseconds / TURNS / 2));
      }
    }
    const costs = [...functions.values()];
    const title = cost === "bytes" ? "Bytes per call" : "Self time per call, µs";
    sections.push(`### ${title}`, byOwner(costs, cost), byFunction(costs, cost));
  }
  return sections.join("\n\n");
}

/** The samples give the share of each function. The processor's clock gives the total time. */
async function profileTime(program: Program, milliseconds: number): Promise<FrameCosts> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL_MICROSECONDS });
  await session.post("Profiler.start");
  const begin = process.cpuUsage();
  const calls = await repeat(program, milliseconds);
  const { user, system } = process.cpuUsage(begin);
  const { profile: result } = await session.post("Profiler.stop");
  session.disconnect();
  const samples = result.nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
  const perSample = (user + system) / samples / calls;
  return result.nodes.map(({ callFrame, hitCount = 0 }: Profiler.ProfileNode) => ({
    callFrame,
    cost: hitCount * perSample,
  }));
}

/** Includes objects that were collected during the profile. */
async function profileBytes(program: Program, milliseconds: number): Promise<FrameCosts> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.enable");
  // Two flags that the type of Node 20 does not list yet.
  const options: object = {
    samplingInterval: INTERVAL_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  await session.post("HeapProfiler.startSampling", options);
  const calls = await repeat(program, milliseconds);
  const { profile: result } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return flatten(result.head).map(({ callFrame, selfSize }) => ({ callFrame, cost: selfSize / calls }));
}

function flatten(head: HeapProfiler.SamplingHeapProfileNode): HeapProfiler.SamplingHeapProfileNode[] {
  const nodes = [head];
  // The list grows during the loop, so that it visits every descendant.
  for (const node of nodes) nodes.push(...node.children);
  return nodes;
}

async function repeat(program: Program, milliseconds: number): Promise<number> {
  const begin = performance.now();
  let calls = 0;
  for (; performance.now() - begin < milliseconds; calls += 1) await program();
  return calls;
}

function add(functions: Map<string, FunctionCost>, variant: "floor" | "wrapped", costs: FrameCosts): void {
  for (const { callFrame, cost } of costs) {
    const { functionName, url, lineNumber } = callFrame;
    const name = `${functionName || "(anonymous)"} ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
    const known = functions.get(name) ?? { owner: ownerOf(url), name, floor: 0, wrapped: 0 };
    known[variant] += cost / TURNS;
    functions.set(name, known);
  }
}

/** The bundle has our sources in separate files. See the script `bench`. */
function ownerOf(url: string): Owner {
  if (/\/(src\/index|chunk-\w+)\.mjs$/.test(url)) return "ours";
  if (url.includes("/bench/main.mjs")) return "floor";
  if (url.includes("/@opentelemetry/")) return "OpenTelemetry";
  return url.includes("/node_modules/") ? "AI SDK" : "Node and V8";
}

function byOwner(costs: readonly FunctionCost[], cost: Cost): string {
  const rows = OWNERS.map((owner) => {
    const own = costs.filter((entry) => entry.owner === owner);
    const total = (variant: "floor" | "wrapped"): number =>
      own.reduce((sum, entry) => sum + entry[variant], 0);
    return row([owner, ""], total("floor"), total("wrapped"), cost);
  });
  return table(["owner", "", "floor", "ours", "more"], rows);
}

/** Our functions and the floor's, by cost. Then all others, by their extra cost with ai-spans. */
function byFunction(costs: readonly FunctionCost[], cost: Cost): string {
  const isOwn = ({ owner }: FunctionCost): boolean => owner === "ours" || owner === "floor";
  const sum = ({ floor, wrapped }: FunctionCost): number => floor + wrapped;
  const more = ({ floor, wrapped }: FunctionCost): number => Math.abs(wrapped - floor);
  const own = costs.filter(isOwn).toSorted((left, right) => sum(right) - sum(left));
  const others = costs.filter((entry) => !isOwn(entry)).toSorted((left, right) => more(right) - more(left));
  const rows = [...own.slice(0, 2 * LISTED), ...others.slice(0, LISTED)].map(
    ({ owner, name, floor, wrapped }) => row([owner, name], floor, wrapped, cost),
  );
  return table(["owner", "function", "floor", "ours", "more"], rows);
}

function row(words: readonly string[], floor: number, wrapped: number, cost: Cost): string[] {
  const digits = cost === "bytes" ? 0 : 3;
  return [...words, ...[floor, wrapped, wrapped - floor].map((value) => value.toFixed(digits))];
}
