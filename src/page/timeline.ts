/** Builds and draws the rows of the timeline of a trace. */
import type { Trace } from "../traces/trace-store.ts";
import type { StoredSpan } from "../traces/span-record.ts";
import { element, foreignText } from "./dom.ts";
import { formatCount, formatDuration } from "./formats.ts";
import { approvalOf, extraOf, outcomeOf, outcomeText } from "./outcome.ts";
import { firstChunkOf, tokensOf } from "./recorded-facts.ts";
import { placeSpans } from "./span-tree.ts";
import type { Row } from "./virtual-list.ts";

export interface SpanRow extends Row {
  readonly span: StoredSpan;
  readonly depth: number;
  readonly extent: Extent;
}

/** The time of a trace, from the first start to the last end; milliseconds since 1970. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Deeper spans are not indented further, so that their names stay in sight. */
const DEEPEST = 12;
/** The space that a note beside a bar needs, in percent of the timeline. */
const LEAST_ROOM = 30;

/** Builds rows. A row that has not changed is the same object as at the last call. */
export class SpanRows {
  #known = new Map<string, SpanRow>();

  /** @param now where open spans end in the timeline */
  of(trace: Trace, now: number): SpanRow[] {
    const placed = placeSpans(trace);
    const extent = { start: Infinity, end: -Infinity };
    for (const { span } of placed) {
      extent.start = Math.min(extent.start, span.start);
      extent.end = Math.max(extent.end, span.end ?? (span.isLost ? span.start : now));
    }
    const known = new Map<string, SpanRow>();
    const rows = placed.map(({ span, depth }) => {
      const before = this.#known.get(span.spanId);
      const isSame =
        before?.span === span &&
        before.depth === depth &&
        before.extent.start === extent.start &&
        before.extent.end === extent.end;
      const row = isSame ? before : { id: span.spanId, span, depth, extent };
      known.set(span.spanId, row);
      return row;
    });
    this.#known = known;
    return rows;
  }
}

export function renderSpanRow({ span, depth, extent }: SpanRow): HTMLElement {
  const outcome = outcomeOf(span);
  const label = element("span", "", [
    element("span", `sign outcome-${outcome.name}`, `${outcome.sign} `),
    foreignText(span.name),
  ]);
  label.style.paddingLeft = `${Math.min(depth, DEEPEST) * 14}px`;
  label.title = `${outcomeText(outcome)}: ${span.name}`;
  const tokens = element("span", "number quiet", formatTokens(span));
  tokens.title = tokens.textContent ?? "";
  const row = element("div", "row span-columns", [
    label,
    renderTrack(span, extent),
    element("span", "number", durationText(span, extent)),
    tokens,
  ]);
  row.setAttribute("aria-label", `${span.name}, ${outcomeText(outcome)}, level ${depth + 1}`);
  return row;
}

/** The duration of a span; for an open span, the time so far. */
function durationText({ start, end, isLost }: StoredSpan, extent: Extent): string {
  if (end !== undefined) return formatDuration(end - start);
  return isLost ? "" : `${formatDuration(extent.end - start)} …`;
}

/** The input and output tokens of a span: `120 → 45`. */
function formatTokens(span: StoredSpan): string {
  const [input, output] = [tokensOf(span, "input"), tokensOf(span, "output")];
  const format = (count: number | undefined): string => (count === undefined ? "?" : formatCount(count));
  return input === undefined && output === undefined ? "" : `${format(input)} → ${format(output)}`;
}

function renderTrack(span: StoredSpan, extent: Extent): HTMLElement {
  const length = Math.max(extent.end - extent.start, 0.001);
  const place = (time: number): number => Math.min(100, Math.max(0, ((time - extent.start) / length) * 100));
  const from = place(span.start);
  const to = place(span.end ?? (span.isLost ? span.start : extent.end));
  const bar = element("span", `bar kind-${kindOf(span)} outcome-${outcomeOf(span).name}`);
  bar.style.left = `${from}%`;
  bar.style.width = `${to - from}%`;
  const track = element("span", "track", [bar]);
  const mark = (time: number, title: string): void => {
    const drawn = element("span", "mark");
    drawn.style.left = `${place(time)}%`;
    drawn.title = title;
    track.append(drawn);
  };
  const firstChunk = firstChunkOf(span);
  if (firstChunk !== undefined) {
    const time = span.start + firstChunk;
    // The bar is pale from the start of the span to its first output.
    bar.style.setProperty("--pale", `${to > from ? ((place(time) - from) / (to - from)) * 100 : 0}%`);
    mark(time, `first chunk after ${formatDuration(firstChunk)}`);
  }
  for (const { name, time } of span.events) mark(time, name);
  const note = noteOf(span);
  if (note !== "") track.append(renderNote(note, from, to));
  return track;
}

/** Puts the note after the bar. If there is no space, before the bar, or else inside it. */
function renderNote(text: string, from: number, to: number): HTMLElement {
  const note = element("span", "note", text);
  note.title = text;
  if (100 - to >= LEAST_ROOM) {
    note.style.left = `${to}%`;
    note.style.maxWidth = `${100 - to}%`;
  } else if (from >= LEAST_ROOM) {
    note.style.right = `${100 - from}%`;
    note.style.maxWidth = `${from}%`;
  } else {
    note.classList.add("is-inside");
    note.style.left = `${from}%`;
    note.style.maxWidth = `${to - from}%`;
  }
  return note;
}

/** What the bar does not show: an outcome other than ok, retries, an approval. */
function noteOf(span: StoredSpan): string {
  const outcome = outcomeOf(span);
  const notes = outcome.name === "ok" || outcome.name === "running" ? [] : [outcomeText(outcome)];
  const retries = Number(extraOf(span, "retry.count") ?? 0);
  if (retries > 0) notes.push(`↻ ${retries} ${retries === 1 ? "retry" : "retries"}`);
  const approval = approvalOf(span);
  if (approval !== "") notes.push(approval);
  return notes.join(" · ");
}

function kindOf({ attributes }: StoredSpan): "agent" | "call" | "tool" | "other" {
  const operation = attributes["gen_ai.operation.name"];
  if (operation === undefined) return "other";
  if (operation === "execute_tool") return "tool";
  return operation === "invoke_agent" ? "agent" : "call";
}
