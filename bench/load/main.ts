/**
 * The load: a chat server on the real packages, bare and traced by turns, while the receiver of its spans fails. Run it
 * with `npm run load`.
 */
import { ArgumentError } from "../parse-options.ts";
import { readArguments, USAGE, type LoadArguments } from "./arguments.ts";
import { faultsOfSlices } from "./faults.ts";
import { measureNodes } from "./nodes.ts";
import { brokenAssertions, type LoadOutcome, type ModeOutcome } from "./outcome.ts";
import { writeSection } from "./page.ts";
import { comparison, details, spanTable } from "./report.ts";
import { answerMs, Stage, THIS_NODE, type Slice, type StageSettings } from "./stage.ts";

const MODES = ["bare", "traced"] as const;
/** The order changes, so a trend meets both modes alike. */
const ORDERS = { once: ["bare", "traced"], twice: ["bare", "traced", "traced", "bare"] } as const;
/** The SDK's default is 10 seconds. A shorter load has shorter faults. */
const LONGEST_EXPORT_MS = 10_000;
/** The streams of the server that is stopped are opened within this time. */
const LONGEST_OPENING_MS = 60_000;

async function loadBoth({ runs, open, seconds, queueSize, turns }: LoadArguments): Promise<LoadOutcome> {
  const order = turns === 1 ? ORDERS.once : ORDERS.twice;
  const faults = faultsOfSlices(turns);
  const sliceMs = (seconds * 1_000) / order.length;
  const runsOfSlice = Math.round(runs / faults.length);
  const exportTimeoutMs = Math.min(LONGEST_EXPORT_MS, sliceMs / 8);
  const settings: StageSettings = { open, queueSize, exportTimeoutMs, node: THIS_NODE };

  const outcome = await onStage(settings, async (stage) => {
    const before = { bare: await stage.open("bare"), traced: await stage.open("traced") };
    const slices: Record<(typeof MODES)[number], Slice[]> = { bare: [], traced: [] };
    for (const mode of order) {
      const faultsOfSlice = mode === "traced" ? faults[slices.traced.length] : undefined;
      slices[mode].push(await stage.slice(mode, runsOfSlice, sliceMs, faultsOfSlice ?? []));
      // Tables of the platform have grown with the first slice. What grows after it is a leak.
      if (turns > 1 && slices[mode].length === 1) before[mode] = await stage.rest(mode);
      note(`${mode}: a slice of ${runsOfSlice} runs is over`);
    }
    const end = async (mode: (typeof MODES)[number]): Promise<ModeOutcome> => ({
      mode,
      slices: slices[mode],
      before: before[mode],
      after: await stage.rest(mode),
      finished: await stage.finish(mode),
    });
    return { bare: await end("bare"), traced: await end("traced"), received: await stage.received() };
  });
  note("the next server is stopped in the middle");
  const stopped = await onStage({ ...settings, queueSize: 2_048 }, async (stage) => {
    await stage.open("traced");
    const end = await stage.stopInTheMiddle(
      Math.min(LONGEST_OPENING_MS, answerMs({ open, runs: runsOfSlice, sliceMs })),
    );
    return { ...end, received: await stage.received() };
  });
  return { ...outcome, stopped };
}

export async function onStage<T>(settings: StageSettings, play: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = new Stage(settings);
  try {
    return await play(stage);
  } finally {
    stage.close();
  }
}

function note(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

async function run(args: LoadArguments): Promise<void> {
  if (args.nodes) {
    const text = await measureNodes(args, note);
    console.log(text);
    if (args.write) writeSection("nodes", text);
    return;
  }
  const outcome = await loadBoth(args);
  const text = [comparison([outcome.bare, outcome.traced]), spanTable(outcome), details(outcome)].join(
    "\n\n",
  );
  console.log(text);
  const broken = brokenAssertions(outcome);
  for (const line of broken) console.error(`broken: ${line}`);
  if (broken.length > 0) process.exitCode = 1;
  else if (args.write) writeSection("load", text);
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args.help) console.log(USAGE);
  else await run(args);
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
