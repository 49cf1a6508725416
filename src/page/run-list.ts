/** Builds the rows of the list of runs: the newest run first, and the runs of a conversation together. */
import { element, foreignText } from "./dom.ts";
import { formatCount, formatDuration, formatPart, formatTime } from "./formats.ts";
import { outcomeText } from "./outcome.ts";
import type { RunSummary } from "./run-summary.ts";
import type { Row } from "./virtual-list.ts";

export interface RunRow extends Row {
  /** Absent on the heading of a conversation. */
  readonly run?: RunSummary;
  readonly heading?: string;
  readonly isInGroup?: boolean;
}

/** Builds rows. A row that has not changed is the same object as at the last call. */
export class RunRows {
  #known = new Map<string, RunRow>();

  of(runs: readonly RunSummary[]): RunRow[] {
    const known = new Map<string, RunRow>();
    const rows = grouped(runs).map((row) => {
      const before = this.#known.get(row.id);
      const isSame =
        before?.run === row.run && before?.heading === row.heading && before?.isInGroup === row.isInGroup;
      const kept = before && isSame ? before : row;
      known.set(row.id, kept);
      return kept;
    });
    this.#known = known;
    return rows;
  }
}

function grouped(runs: readonly RunSummary[]): RunRow[] {
  // The clock of an SDK may have only whole milliseconds. Of runs with the same start, the one received last comes
  // first.
  const newestFirst = runs.toReversed().toSorted((left, right) => right.span.start - left.span.start);
  const conversations = new Map<string, RunSummary[]>();
  for (const run of newestFirst) {
    const { conversation } = run;
    if (conversation === undefined) continue;
    const others = conversations.get(conversation);
    if (others) others.push(run);
    else conversations.set(conversation, [run]);
  }
  const rows: RunRow[] = [];
  const listed = new Set<string>();
  for (const run of newestFirst) {
    const { conversation } = run;
    const others = conversation === undefined ? [] : (conversations.get(conversation) ?? []);
    if (conversation === undefined || others.length < 2) {
      rows.push({ id: run.id, run });
    } else if (!listed.has(conversation)) {
      listed.add(conversation);
      const heading = `conversation ${conversation} (${others.length} runs)`;
      rows.push({ id: `conversation ${conversation}`, heading, isHeading: true });
      for (const other of others) rows.push({ id: other.id, run: other, isInGroup: true });
    }
  }
  return rows;
}

export function renderRunRow({ run, heading = "", isInGroup }: RunRow): HTMLElement {
  if (!run) return element("div", "row is-group", [foreignText(heading)]);
  const { tokens, outcome } = run;
  const outcomeCell = element("span", `outcome-${outcome.name}`, outcomeText(outcome));
  const name = element("span", "", [foreignText(run.name)]);
  const model = element("span", "quiet", [foreignText(run.models.join(", "))]);
  for (const cell of [outcomeCell, name, model]) cell.title = cell.textContent ?? "";
  if (run.providers.length > 0) model.title += ` (${run.providers.join(", ")})`;
  return element("div", `row run-columns${isInGroup ? " in-group" : ""}`, [
    name,
    outcomeCell,
    element("span", "quiet", formatTime(run.span.start)),
    element("span", "number", formatDuration(run.duration)),
    element("span", "number", formatDuration(run.firstChunk)),
    element("span", "number", formatPart(tokens.input, tokens.cached)),
    element("span", "number", formatPart(tokens.output, tokens.reasoning)),
    model,
    element("span", "number", run.retries > 0 ? formatCount(run.retries) : ""),
  ]);
}
