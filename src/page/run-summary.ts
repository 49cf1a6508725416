/** Summarizes a run for the list: facts of its span and of the spans below it. */
import type { StoredSpan } from "../traces/span-record.ts";
import { isRun, type Trace } from "../traces/trace-store.ts";
import { extraOf, outcomeOf, type SpanOutcome } from "./outcome.ts";
import { firstChunkOf, providerOf, tokensOf, type TokenName } from "./recorded-facts.ts";

export type Tokens = Readonly<Record<TokenName, number | undefined>>;

export interface RunSummary {
  /** Trace id and span id, joined by a dot. */
  readonly id: string;
  readonly span: StoredSpan;
  readonly name: string;
  readonly outcome: SpanOutcome;
  /** In milliseconds; `undefined` while the run is open. */
  readonly duration: number | undefined;
  /** Milliseconds from the start of the first streamed model call to its first output. */
  readonly firstChunk: number | undefined;
  readonly tokens: Tokens;
  readonly retries: number;
  readonly conversation: string | undefined;
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly tools: readonly string[];
  readonly errorTypes: readonly string[];
}

export function runsOf(trace: Trace): RunSummary[] {
  const runs = [...trace.spans.values()].filter((span) => isRun(span, trace.spans));
  const below = spansBelow(trace, runs);
  return runs.map((span) => summarize(span, below.get(span) ?? [span]));
}

/** The spans of each run: its span, and the spans below it. */
function spansBelow({ spans }: Trace, runs: readonly StoredSpan[]): Map<StoredSpan, StoredSpan[]> {
  const owners = new Map<string, StoredSpan | undefined>(runs.map((run) => [run.spanId, run]));
  const ownerOf = (span: StoredSpan): StoredSpan | undefined => {
    const path: string[] = [];
    let owner: StoredSpan | undefined;
    for (let next: StoredSpan | undefined = span; next && path.length < 1_000;) {
      if (owners.has(next.spanId)) {
        owner = owners.get(next.spanId);
        break;
      }
      path.push(next.spanId);
      next = next.parentId === undefined ? undefined : spans.get(next.parentId);
    }
    for (const id of path) owners.set(id, owner);
    return owner;
  };
  const below = new Map<StoredSpan, StoredSpan[]>(runs.map((run) => [run, []]));
  for (const span of spans.values()) {
    const owner = ownerOf(span);
    if (owner) below.get(owner)?.push(span);
  }
  return below;
}

function summarize(run: StoredSpan, spans: readonly StoredSpan[]): RunSummary {
  const calls = spans.filter((span) => span !== run && isModelCall(span));
  const tokens = (name: TokenName): number | undefined =>
    tokensOf(run, name) ?? sumOf(calls.map((call) => tokensOf(call, name)));
  const callsOrRun = calls.length > 0 ? calls : [run];
  const agents = texts(spans, "gen_ai.agent.name");
  return {
    id: `${run.traceId}.${run.spanId}`,
    span: run,
    name: textOf(run, "gen_ai.agent.name") ?? run.name,
    outcome: outcomeOf(run),
    duration: run.end === undefined ? undefined : run.end - run.start,
    firstChunk: [run, ...calls].map(firstChunkOf).find((time) => time !== undefined),
    tokens: {
      input: tokens("input"),
      cached: tokens("cached"),
      output: tokens("output"),
      reasoning: tokens("reasoning"),
    },
    retries: spans.reduce((sum, span) => sum + Number(extraOf(span, "retry.count") ?? 0), 0),
    conversation: textOf(run, "gen_ai.conversation.id"),
    agents,
    models: modelsOf(callsOrRun),
    providers: [...new Set(callsOrRun.flatMap((call) => providerOf(call) ?? []))],
    tools: texts(spans, "gen_ai.tool.name"),
    errorTypes: texts(spans, "error.type"),
  };
}

function isModelCall({ attributes }: StoredSpan): boolean {
  return attributes["gen_ai.operation.name"] === "chat";
}

/**
 * The requested models. A response often names a dated version of the same model, so it counts only without a requested
 * model.
 */
function modelsOf(spans: readonly StoredSpan[]): string[] {
  const requested = texts(spans, "gen_ai.request.model");
  return requested.length > 0 ? requested : texts(spans, "gen_ai.response.model");
}

function texts(spans: readonly StoredSpan[], key: string): string[] {
  return [...new Set(spans.flatMap((span) => textOf(span, key) ?? []))];
}

export function textOf({ attributes }: StoredSpan, key: string): string | undefined {
  const value = attributes[key];
  return value === undefined ? undefined : String(value);
}

/** The sum of the counts that are known; `undefined` if none is known. */
function sumOf(counts: ReadonlyArray<number | undefined>): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}
