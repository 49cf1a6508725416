/**
 * Neighbors whose spans go through the application's tracer provider, as those of ai-spans do. On AI SDK 7,
 * @ai-sdk/otel starts these spans. On 5 and 6 the SDK starts them if a call asks for it.
 */
import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { contentOf, type Content } from "./apm.ts";
import { outline, type NeighborEffects } from "./beside.ts";
import { CONTENT, expectAsInControl, integration, runWithControl, waysOf } from "./integrations.ts";
import { otlpSpans } from "./otlp.ts";
import { SCOPE } from "../registry/finding.ts";
import type { Major, Run } from "./run-beside.ts";
import type { SentSpan } from "../support/sent-span.ts";

interface SpanNeighbor {
  readonly name: string;
  readonly major: Major;
  readonly folder?: string;
  /** The path to which the neighbor sends spans. By default it sends none itself. */
  readonly path?: string;
  /** The default is JSON. */
  readonly format?: "protobuf";
  /** Which of the ended spans the neighbor sends. */
  readonly sends?: "all" | "its own";
  /** The content that the neighbor records. The default is what the SDK passes on. */
  readonly content?: readonly Content[];
  readonly effects?: NeighborEffects;
  /** The instrumentation scope of the tracer that the program passes to each call, which ai-spans uses too. */
  readonly tracer?: string;
  /** The neighbor's processor sets the status OK on spans of ai-spans without a status. The default is `false`. */
  readonly setsStatus?: boolean;
}

const OPENINFERENCE_KEYS = [
  "llm.invocation_parameters",
  "llm.model_name",
  "llm.provider",
  "llm.token_count.completion",
  "llm.token_count.prompt",
  "llm.token_count.total",
  "openinference.span.kind",
  "tool.name",
  "tool_call.id",
];

const langfuse = {
  name: "langfuse",
  path: "/api/public/otel/v1/traces",
  effects: { addedKeys: ["langfuse.internal.is_app_root"] },
} as const;
const openInference = { name: "openinference", path: "/v1/traces", setsStatus: true } as const;
const postHog = { name: "posthog spans", path: "/i/v0/ai/otel" } as const;
const vercel = {
  name: "@vercel/otel",
  path: "/v1/traces",
  content: [],
  effects: { addedKeys: ["operation.name"] },
} as const;
const traceloop = { name: "traceloop", folder: "traceloop", path: "/v1/traces", format: "protobuf" } as const;

const neighbors: readonly SpanNeighbor[] = [
  { name: "the SDK's own telemetry", major: "v5" },
  { name: "the SDK's own telemetry", major: "v6" },
  { name: "the SDK's own telemetry, by a tracer", major: "v5", tracer: "bookings" },
  { name: "the SDK's own telemetry, by a tracer", major: "v6", tracer: "bookings" },
  { name: "@ai-sdk/otel", major: "v7" },
  { ...langfuse, major: "v6" },
  { ...langfuse, major: "v7" },
  { ...langfuse, name: "langfuse without ai-spans", major: "v6", sends: "its own", effects: {} },
  { ...langfuse, name: "langfuse without ai-spans", major: "v7", sends: "its own", effects: {} },
  { ...langfuse, name: "langfuse for ai-spans alone", major: "v7", content: [] },
  { ...openInference, major: "v6", effects: { addedKeys: OPENINFERENCE_KEYS } },
  {
    ...openInference,
    major: "v7",
    effects: { addedKeys: [...OPENINFERENCE_KEYS, "llm.finish_reason", "llm.system"] },
  },
  { ...postHog, major: "v6" },
  { ...postHog, major: "v7" },
  {
    name: "langsmith spans",
    major: "v6",
    path: "/v1/traces",
    format: "protobuf",
    sends: "its own",
    effects: { addedKeys: ["langsmith.is_root"] },
  },
  { ...vercel, major: "v6" },
  { ...vercel, major: "v7" },
  { ...traceloop, major: "v6" },
  { ...traceloop, major: "v7" },
];

/** Puts the spans of a neighbor that sends none itself into one request. */
const inSpans = (spans: readonly SentSpan[]): Pick<Run, "requests"> => ({
  requests: [{ path: "", headers: {}, body: Buffer.from(JSON.stringify(spans)) }],
});

const isOurs = ({ instrumentationScope }: SentSpan): boolean => instrumentationScope.name === SCOPE.name;
const theirs = ({ spans }: Run): SentSpan[] => spans.filter((span) => !isOurs(span));

/**
 * The outline of the neighbor's spans. Those below spans of ai-spans become roots, because the control has no such
 * parents.
 */
function theirOutline(run: Run): string {
  const ours = new Set(run.spans.filter(isOurs).map(({ spanId }) => spanId));
  return outline(
    theirs(run).map(({ name, spanId, parentSpanId, hasEnded }) => ({
      id: spanId,
      parentId: ours.has(parentSpanId ?? "") ? undefined : parentSpanId,
      text: `${name.replace(/:\d+\//, "/")}${hasEnded ? "" : " OPEN"}`,
    })),
  );
}

/** Gives the spans of ai-spans their usual instrumentation scope. The names of the SDK's spans begin with "ai.". */
function inOurScope(run: Run, tracer: string): Run {
  expect(run.spans.filter(isOurs)).toEqual([]);
  const isInTracer = ({ instrumentationScope, name }: SentSpan): boolean =>
    instrumentationScope.name === tracer && !name.startsWith("ai.");
  const spans = run.spans.map((span) => (isInTracer(span) ? { ...span, instrumentationScope: SCOPE } : span));
  return { ...run, spans };
}

/** Restores the status, because ai-spans never sets the status OK. */
function withoutStatus(run: Run): Run {
  const ours = run.spans.filter(isOurs);
  expect(ours.filter(({ status }) => status.code === SpanStatusCode.UNSET)).toEqual([]);
  const status = { code: SpanStatusCode.UNSET };
  return { ...run, spans: run.spans.map((span) => (ours.includes(span) ? { ...span, status } : span)) };
}

/** The ids of the sent spans. In protobuf an id is bytes. */
function sentIds({ spans, requests }: Run, { path, format }: SpanNeighbor): string[] {
  if (path === undefined) return [];
  const ids =
    format === "protobuf"
      ? spans.map(({ spanId }) => spanId).filter((id) => requests.some(({ body }) => hasOwnId(body, id)))
      : otlpSpans(requests, path).map(({ spanId }) => spanId);
  return ids.toSorted();
}

/** The id of a span is field 2, with 8 bytes. The id of its parent is field 4. */
const hasOwnId = (body: Buffer, id: string): boolean => body.includes(Buffer.from(`1208${id}`, "hex"));

describe.each(neighbors)("$name, AI SDK $major", (neighbor) => {
  const {
    name,
    major,
    folder,
    path,
    sends = "all",
    content = CONTENT,
    setsStatus = false,
    tracer,
    effects = {},
  } = neighbor;
  const beside = integration(name, major, folder === undefined ? {} : { folder });

  test("is as in the control", async () => {
    const { control, runs } = await runWithControl(beside, major, waysOf(major));
    expect(contentOf(path === undefined ? inSpans(theirs(control)) : control)).toEqual(content);
    for (const [way, recorded] of runs) {
      const run = tracer === undefined ? recorded : inOurScope(recorded, tracer);
      expectAsInControl(setsStatus ? withoutStatus(run) : run, control, way, effects);
      expect(theirOutline(run)).toBe(theirOutline(control));
      for (const span of theirs(run)) {
        const parent = run.spans.find(({ spanId }) => spanId === span.parentSpanId);
        if (parent) expect(span.traceId).toBe(parent.traceId);
      }
      const sendable = (sends === "all" ? run.spans : theirs(run)).filter(({ hasEnded }) => hasEnded);
      expect(sentIds(run, neighbor)).toEqual(
        path === undefined ? [] : sendable.map(({ spanId }) => spanId).toSorted(),
      );
    }
  });
});
