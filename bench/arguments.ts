/**
 * Parses the command line. It starts nothing and prints nothing.
 */
import { ArgumentError, parseOptions, type OptionsConfig } from "./parse-options.ts";
import { BATCHES } from "./batches.ts";
import { CASES, type Case } from "./cases.ts";
import { MAJOR_NAMES, type MajorName } from "./majors.ts";
import { NODE_NAMES, OWN_NODE, type NodeName } from "./nodes.ts";
import { MODE_NAMES, type ModeName } from "./telemetry.ts";

export interface BenchArguments {
  readonly majors: readonly MajorName[];
  readonly modes: readonly ModeName[];
  readonly cases: readonly Case[];
  /** The Nodes to run on. */
  readonly nodes: readonly NodeName[];
  /** Whether each variant is measured in a process of its own. */
  readonly separate: boolean;
  /** Whether batches of messages are measured too. */
  readonly batches: boolean;
  readonly quick: boolean;
  readonly write: boolean;
  readonly profile: boolean;
  readonly help: boolean;
}

const CASE_NAMES: readonly string[] = [
  ...new Set(CASES.flatMap(({ group, name }) => [group, name])),
  BATCHES,
];

export const USAGE = `Usage: npm run bench -- [--quick] [--major <major>] [--mode <mode>] [--case <case>] [--node <version>] [--separate] [--write | --profile]

Measures the wrapped AI SDK against the bare one and against the same spans opened by hand.

  --major <major>  only this one, repeatable: ${MAJOR_NAMES.join(", ")}
  --mode <mode>    only this one, repeatable: ${MODE_NAMES.join(", ")}
  --case <case>    only these, repeatable: ${CASE_NAMES.join(", ")}
  --node <version> on this Node, repeatable: ${NODE_NAMES.join(", ")}; default: the Node that runs the benchmark
  --separate       each variant in a process of its own, cold and warm: calls alone
  --quick          a short run: for a first look, not for figures to quote
  --write          put the tables of a whole run into docs/why/benchmarks.md
  --profile        show where the time and the bytes go instead, function by function
  --help           print this text
`;

const OPTIONS = {
  major: { type: "string", multiple: true, default: [] },
  mode: { type: "string", multiple: true, default: [] },
  case: { type: "string", multiple: true, default: [] },
  node: { type: "string", multiple: true, default: [] },
  separate: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  profile: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} satisfies OptionsConfig;

export function readArguments(argv: readonly string[]): BenchArguments {
  const {
    major,
    mode,
    case: cases,
    node,
    separate,
    quick,
    write,
    profile,
    help,
  } = parseOptions(argv, OPTIONS);
  const filtered = major.length + mode.length + cases.length > 0;
  if (write && (filtered || quick))
    throw new ArgumentError("--write needs the whole run: no filter and no --quick");
  if (write && profile) throw new ArgumentError("--write and --profile exclude each other");
  if (separate && profile) throw new ArgumentError("--separate and --profile exclude each other");
  if (profile && node.length > 0) throw new ArgumentError("--profile runs on the Node that starts it");
  return {
    nodes: select("node", NODE_NAMES, node.length > 0 ? node : [String(OWN_NODE)]),
    separate,
    majors: select("major", MAJOR_NAMES, major),
    modes: select("mode", MODE_NAMES, mode),
    cases: selectCases(cases),
    batches: cases.length === 0 || cases.includes(BATCHES),
    quick,
    write,
    profile,
    help,
  };
}

function select<T extends string>(
  option: string,
  known: readonly T[],
  wanted: readonly string[],
): readonly T[] {
  refuseUnknown(option, known, wanted);
  return wanted.length === 0 ? known : known.filter((name) => wanted.includes(name));
}

function selectCases(wanted: readonly string[]): readonly Case[] {
  refuseUnknown("case", CASE_NAMES, wanted);
  return wanted.length === 0
    ? CASES
    : CASES.filter(({ group, name }) => wanted.includes(group) || wanted.includes(name));
}

function refuseUnknown(option: string, known: readonly string[], wanted: readonly string[]): void {
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ArgumentError(`unknown --${option} ${JSON.stringify(unknown)}, expected ${known.join(", ")}`);
}
