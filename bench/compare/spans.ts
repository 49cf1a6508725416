/**
 * What a peer has recorded of one program, in one form for all peers: read from the process of the program, or from what
 * the peer has sent.
 */
import type { ReceivedRequest } from "../../test/neighbors/receiver.ts";
import type { TailEvent } from "./worker.ts";

export interface RecordedSpan {
  readonly id: string;
  readonly parent?: string;
  readonly name: string;
  readonly hasEnded: boolean;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface LangSmithRun {
  readonly id: string;
  readonly name: string;
  readonly parent_run_id?: string;
  readonly end_time?: number;
  readonly error?: string;
  readonly status?: string;
  readonly extra?: { readonly metadata?: { readonly usage_metadata?: { readonly input_tokens?: number } } };
  readonly outputs?: { readonly usage_metadata?: { readonly input_tokens?: number } };
}

/** LangSmith sends a run at its start and at its end, as the parts `post.ID` and `patch.ID` of a form. */
export async function langSmithSpans(requests: readonly ReceivedRequest[]): Promise<RecordedSpan[]> {
  const runs = new Map<string, LangSmithRun>();
  for (const { path, headers, body } of requests) {
    if (path !== "/runs/multipart") continue;
    const type = { "content-type": headers["content-type"] ?? "" };
    const form = await new Response(new Uint8Array(body), { headers: type }).formData();
    for (const [key, part] of form) {
      const [, id = "", field] = key.split(".");
      const value = JSON.parse(typeof part === "string" ? part : await part.text()) as object;
      runs.set(id, {
        ...runs.get(id),
        ...(field === undefined ? value : { [field]: value }),
      } as LangSmithRun);
    }
  }
  return Array.from(runs.values(), (run) => ({
    id: run.id,
    ...(run.parent_run_id && { parent: run.parent_run_id }),
    name: run.name,
    hasEnded: run.end_time !== undefined,
    isError: run.error !== undefined,
    attributes: {
      status: run.status,
      input_tokens:
        run.extra?.metadata?.usage_metadata?.input_tokens ?? run.outputs?.usage_metadata?.input_tokens,
    },
  }));
}

interface BraintrustRow {
  readonly id: string;
  readonly span_id: string;
  readonly span_parents?: readonly string[];
  readonly span_attributes?: { readonly name?: string };
  readonly error?: unknown;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** A later row with the same id adds to the earlier one. */
export function braintrustSpans(requests: readonly ReceivedRequest[]): RecordedSpan[] {
  const rows = new Map<string, BraintrustRow>();
  for (const { path, body } of requests) {
    if (path !== "/logs3") continue;
    for (const row of (JSON.parse(body.toString()) as { readonly rows: readonly BraintrustRow[] }).rows) {
      const known = rows.get(row.id);
      rows.set(row.id, { ...known, ...row, metrics: { ...known?.metrics, ...row.metrics } });
    }
  }
  return Array.from(rows.values(), ({ span_id, span_parents, span_attributes, error, metrics = {} }) => ({
    id: span_id,
    ...(span_parents?.[0] && { parent: span_parents[0] }),
    name: span_attributes?.name ?? "",
    hasEnded: metrics["end"] !== undefined,
    isError: error !== undefined,
    attributes: { ...metrics, error },
  }));
}

/** The runtime ends what is still open at the end of the invocation. */
const CLOSED_BY_RUNTIME_MS = 1_000;

export function tailSpans(events: readonly TailEvent[]): RecordedSpan[] {
  const spans = new Map<string, RecordedSpan & { readonly closed: number }>();
  for (const { spanContext, timestamp, event } of events) {
    const id = spanContext.spanId ?? "";
    const span = spans.get(id);
    if (event.type === "spanOpen") {
      const opened = { id: event.spanId ?? "", parent: id, name: event.name ?? "", closed: 0 };
      spans.set(opened.id, { ...opened, hasEnded: false, isError: false, attributes: {} });
    } else if (span && event.type === "attributes") {
      const pairs = event.info as ReadonlyArray<{ readonly name: string; readonly value: unknown }>;
      const added = Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
      spans.set(id, { ...span, attributes: { ...span.attributes, ...added } });
    } else if (span && event.type === "spanUpdate") {
      const { status } = event.info as { readonly status?: { readonly code: string } };
      spans.set(id, { ...span, isError: status?.code === "error" });
    } else if (span && event.type === "spanClose") spans.set(id, { ...span, closed: Date.parse(timestamp) });
  }
  const end = Date.parse(events.at(-1)?.timestamp ?? "");
  return Array.from(spans.values(), ({ closed, ...span }) => ({
    ...span,
    hasEnded: end - closed > CLOSED_BY_RUNTIME_MS || saysCanceled(span),
  }));
}

/** The root is the first span that was started. */
export const rootOf = (spans: readonly RecordedSpan[]): RecordedSpan | undefined =>
  spans.find(({ parent }) => !spans.some(({ id }) => id === parent));

/** An attribute of the peer's says that the work was canceled, aborted or abandoned. */
export function saysCanceled({ attributes }: Pick<RecordedSpan, "attributes">): boolean {
  return Object.entries(attributes).some(
    ([key, value]) => value !== undefined && value !== false && /cancel|abort|abandon/i.test(key),
  );
}

const INPUT_TOKENS = ["gen_ai.usage.input_tokens", "input_tokens", "prompt_tokens"];

export function inputTokensOf({ attributes }: RecordedSpan): number {
  const tokens = INPUT_TOKENS.map((key) => attributes[key]).find((value) => value !== undefined);
  return Number(tokens ?? 0);
}
