/** Parses the command line of the load. It starts nothing and prints nothing. */

import { ArgumentError, parseOptions, type OptionsConfig } from "../parse-options.ts";
export interface LoadArguments {
  /** Runs in each mode. */
  readonly runs: number;
  /** Streams that are open at once. */
  readonly open: number;
  /** The time of all slices together. */
  readonly seconds: number;
  readonly queueSize: number;
  /** How often each mode has its turn. */
  readonly turns: number;
  readonly nodes: boolean;
  readonly write: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run load -- [--short | --nodes] [--runs <count>] [--open <count>] [--seconds <count>] [--write]

Runs a chat server under load, bare and traced by turns, with a receiver that fails. Exits with 1 if an assertion fails.
It judges no time.

  --runs <count>     runs in each mode; default 4400
  --open <count>     streams that are open at once; default 2000
  --seconds <count>  the time of both modes together; default 600
  --turns <count>    how often each mode has its turn: 1 or 2; default 2
  --queue <count>    the queue of the batch processor, in spans; default 2048, as in the SDK
  --short            about a minute: 300 runs, 60 open, 20 seconds, a queue of 64
  --nodes            no faults: processor time on each Node of .ci/nodes, with and without its async hooks
  --write            put the table into docs/why/benchmarks.md
  --help             print this text
`;

const FULL = { runs: 4_400, open: 2_000, seconds: 600, turns: 2, queue: 2_048 };
const SHORT: typeof FULL = { runs: 300, open: 60, seconds: 20, turns: 2, queue: 64 };
const ON_EACH_NODE: typeof FULL = { runs: 160, open: 30, seconds: 30, turns: 2, queue: 2_048 };

const OPTIONS = {
  runs: { type: "string" },
  open: { type: "string" },
  seconds: { type: "string" },
  queue: { type: "string" },
  turns: { type: "string" },
  short: { type: "boolean", default: false },
  nodes: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} satisfies OptionsConfig;

export function readArguments(argv: readonly string[]): LoadArguments {
  const { short, nodes, write, help, ...counts } = parseOptions(argv, OPTIONS);
  const defaults = nodes ? ON_EACH_NODE : short ? SHORT : FULL;
  const count = (name: keyof typeof FULL): number => {
    const value = Number(counts[name] ?? defaults[name]);
    if (!(Number.isInteger(value) && value > 0))
      throw new ArgumentError(`--${name} must be a whole number above 0`);
    return value;
  };
  return {
    runs: count("runs"),
    open: count("open"),
    seconds: count("seconds"),
    queueSize: count("queue"),
    turns: Math.min(2, count("turns")),
    nodes,
    write,
    help,
  };
}
