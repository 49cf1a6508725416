/** Writes the headings and sentences of the page: the facts of a trace, and what is not kept. */
import type { Limits } from "../traces/span-record.ts";
import { element, foreignText } from "./dom.ts";
import { formatCount, formatDuration } from "./formats.ts";
import { outcomeText } from "./outcome.ts";
import type { RunSummary } from "./run-summary.ts";

export const NO_RUNS = "No run so far. A run appears here when the program calls the AI SDK.";

/** The name of a run and how it ended. */
export function runTitle({ name, outcome }: RunSummary): Node[] {
  return [foreignText(name), element("span", `outcome-${outcome.name}`, ` ${outcomeText(outcome)}`)];
}

/** @param dropped how many spans of the trace are not kept */
export function traceFacts(spanCount: number, run: RunSummary | undefined, dropped = 0): string {
  const { input, output } = run?.tokens ?? {};
  const facts = [
    formatDuration(run?.duration),
    input === undefined && output === undefined
      ? ""
      : `${formatCount(input) || "?"} → ${formatCount(output) || "?"} tokens`,
    counted(spanCount, "span"),
    dropped === 0 ? "" : `${counted(dropped, "later span")} not kept: the trace has too many`,
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

/** How many runs were removed; an empty text if none were. */
export function removedText({ removedRuns }: Limits): string {
  return removedRuns === 0 ? "" : `${counted(removedRuns, "older run")} made room for newer ones.`;
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
