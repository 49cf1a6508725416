/**
 * What context propagation costs on each Node: by `async_hooks` (Node 20, 22) and by V8's AsyncContextFrame (Node 24). The
 * same load without faults, bare, with a context manager alone, and traced.
 */
import { existsSync } from "node:fs";
import type { LoadArguments } from "./arguments.ts";
import { MODES, type Mode } from "./modes.ts";
import { cpuMsOfRun, table } from "./report.ts";
import { Stage, THIS_NODE, type NodeRuntime, type Slice } from "./stage.ts";

const binary = (name: string): string => `.ci/nodes/node_modules/${name}/bin/node`;

/** Node 22 has AsyncContextFrame behind a flag, and Node 24 has a flag that turns it off. */
const RUNTIMES: readonly NodeRuntime[] = [
  { title: "20, async_hooks", path: THIS_NODE.path, flags: [] },
  { title: "22, async_hooks", path: binary("node-22"), flags: [] },
  {
    title: "22, AsyncContextFrame",
    path: binary("node-22"),
    flags: ["--experimental-async-context-frame"],
  },
  { title: "24, async_hooks", path: binary("node-24"), flags: ["--no-async-context-frame"] },
  { title: "24, AsyncContextFrame (default)", path: binary("node-24"), flags: [] },
];

export async function measureNodes(args: LoadArguments, note: (line: string) => void): Promise<string> {
  const rows: string[][] = [];
  for (const node of RUNTIMES) {
    if (!existsSync(node.path)) throw new Error(`${node.path} is missing: npm ci --prefix .ci/nodes`);
    const slices = await slicesOn(node, args);
    const cpuMs = (mode: Mode): number => cpuMsOfRun({ slices: slices[mode] });
    const cell = (value: number): string => `${value.toFixed(2)} ms`;
    rows.push([
      node.title,
      cell(cpuMs("bare")),
      cell(cpuMs("context") - cpuMs("bare")),
      cell(cpuMs("traced") - cpuMs("context")),
      (cpuMs("context") / cpuMs("bare")).toFixed(2),
      (cpuMs("traced") / cpuMs("bare")).toFixed(2),
    ]);
    note(`${node.title}: done`);
  }
  const head = [
    "Node",
    "bare, a run",
    "the context manager alone adds",
    "ai-spans, SDK and export add",
    "context / bare",
    "traced / bare",
  ];
  return table(head, rows);
}

async function slicesOn(node: NodeRuntime, args: LoadArguments): Promise<Record<Mode, Slice[]>> {
  const { open, queueSize, runs, seconds } = args;
  const stage = new Stage({ open, queueSize, exportTimeoutMs: 10_000, node, warmUpRuns: 150 });
  const slices: Record<Mode, Slice[]> = { bare: [], context: [], traced: [] };
  // There and back, so a trend meets all modes alike.
  const order = [...MODES, ...MODES.toReversed()];
  try {
    for (const mode of MODES) await stage.open(mode);
    for (const mode of order) {
      const sliceMs = (seconds * 1_000) / order.length;
      slices[mode].push(await stage.slice(mode, Math.round(runs / 2), sliceMs, []));
    }
  } finally {
    stage.close();
  }
  return slices;
}
