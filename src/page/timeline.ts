/**
 * The rows of the timeline of a trace.
 */
import type { Trace } from "../traces/trace-store.ts";
import type { SpanRecord } from "../traces/span-record.ts";
import { element, foreignText } from "./dom.ts";
import { formatDuration } from "./formats.ts";
import { extraOf, outcomeOf, outcomeText } from "./outcome.ts";
import { placeSpans } from "./span-tree.ts";
import type { Row } from "./virtual-list.ts";

export interface SpanRow extends Row {
  readonly span: SpanRecord;
  readonly depth: number;
  readonly extent: Extent;
}

/** From the first start to the last end, in milliseconds since 1970. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Indentation stops there, so that the name stays in sight. */
const DEEPEST = 12;

/** Rows that have not changed are the same objects as before. */
export class SpanRows {
  #known = new Map<string, SpanRow>();

  /** @param now the end of spans that are open */
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
    element("span", `outcome-${outcome.name}`, `${outcome.sign} `),
    foreignText(span.name),
  ]);
  label.style.paddingLeft = `${Math.min(depth, DEEPEST) * 14}px`;
  label.title = `${outcomeText(outcome)}: ${span.name}`;
  const row = element("div", "row span-columns", [
    label,
    renderTrack(span, extent),
    element("span", "number", formatDuration(span.end === undefined ? undefined : span.end - span.start)),
  ]);
  row.setAttribute("aria-label", `${span.name}, ${outcomeText(outcome)}, level ${depth + 1}`);
  return row;
}

function renderTrack(span: SpanRecord, extent: Extent): HTMLElement {
  const length = Math.max(extent.end - extent.start, 0.001);
  const place = (time: number): number => Math.min(100, Math.max(0, ((time - extent.start) / length) * 100));
  const end = span.end ?? (span.isLost ? span.start : extent.end);
  const outcome = outcomeOf(span);
  const bar = element("span", `bar kind-${kindOf(span)} outcome-${outcome.name}`);
  bar.style.left = `${place(span.start)}%`;
  bar.style.width = `${place(end) - place(span.start)}%`;
  const track = element("span", "track", [bar]);
  const mark = (time: number, title: string): void => {
    const drawn = element("span", "mark");
    drawn.style.left = `${place(time)}%`;
    drawn.title = title;
    track.append(drawn);
  };
  const firstChunk = span.attributes["gen_ai.response.time_to_first_chunk"];
  if (typeof firstChunk === "number") {
    mark(span.start + firstChunk * 1_000, `first chunk after ${formatDuration(firstChunk * 1_000)}`);
  }
  for (const { name, time } of span.events) mark(time, name);
  const sign = signOf(span);
  if (sign === "") return track;
  const drawn = element("span", "sign", sign);
  // Behind the bar, or over its end where no room is left.
  drawn.classList.toggle("is-left", place(end) > 70);
  drawn.style.left = `${place(end)}%`;
  track.append(drawn);
  return track;
}

/** What a bar cannot show: how the span ended if not well, retries, an approval. */
function signOf(span: SpanRecord): string {
  const outcome = outcomeOf(span);
  const signs = outcome.name === "ok" || outcome.name === "running" ? [] : [outcomeText(outcome)];
  const retries = Number(extraOf(span, "retry.count") ?? 0);
  if (retries > 0) signs.push(`↻ ${retries} ${retries === 1 ? "retry" : "retries"}`);
  const approval = extraOf(span, "tool.approval");
  if (approval !== undefined) signs.push(`approval ${String(approval)}`);
  return signs.join(" · ");
}

function kindOf({ attributes }: SpanRecord): "agent" | "tool" | "other" {
  const operation = attributes["gen_ai.operation.name"];
  if (operation === undefined) return "other";
  return operation === "execute_tool" ? "tool" : "agent";
}
