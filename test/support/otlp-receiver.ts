/**
 * A real HTTP server on 127.0.0.1 that receives spans by OTLP as JSON, and returns them as trees. The test chooses the
 * status and the time of its answers.
 */
import { createServer } from "node:http";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { checkSpans } from "../registry/checked-telemetry.ts";
import { close, listen, readJSON } from "./loopback.ts";
import type { SpanNode } from "./span-tree.ts";
import { withoutSDKCall } from "./sdk-call.ts";

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}

type OtlpAttributes = ReadonlyArray<{ readonly key: string; readonly value: OtlpValue }>;

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly attributes?: OtlpAttributes;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly events?: readonly unknown[];
  readonly links?: ReadonlyArray<{ readonly attributes?: OtlpAttributes }>;
}

interface OtlpScopeSpans {
  readonly scope?: { readonly name?: string; readonly version?: string };
  readonly spans?: readonly OtlpSpan[];
}

export interface OtlpRequest {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource?: { readonly attributes?: OtlpAttributes };
    readonly scopeSpans?: readonly OtlpScopeSpans[];
  }>;
}

export interface ReceivedTrace {
  readonly traceId: string;
  /** The spans above the roots, which others have sent. `undefined` if a root has none. */
  readonly parents: ReadonlyArray<string | undefined>;
  readonly trees: readonly SpanNode[];
}

export interface OtlpReceiver {
  /** The URL to which an exporter sends spans. */
  readonly url: string;
  /** The number of spans in each request, in order. */
  readonly batches: readonly number[];
  /** Called before each answer. It returns the status. The default returns 200 at once. */
  answer: () => number | Promise<number>;
  readonly spanCount: () => number;
  /** Roots and children are in the order of their start. A span whose parent was not sent is a root. */
  readonly trees: () => SpanNode[];
  readonly traceIds: () => string[];
  /** The traces in the order of their arrival. */
  readonly traces: () => ReceivedTrace[];
  /** The services that sent spans. */
  readonly services: () => unknown[];
  /** Resolves when this many spans have arrived. */
  readonly received: (count: number) => Promise<void>;
  reset(): void;
  close(): Promise<void>;
}

/** The kinds by their number in OTLP. The number 0 has none. */
const KINDS = [undefined, "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"] as const;
const STATUSES = ["UNSET", "OK", "ERROR"] as const;

function wordOf<Word>(words: readonly (Word | undefined)[], number: number): Word {
  const word = words[number];
  if (word === undefined) throw new Error(`OTLP has no word for ${number}`);
  return word;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: OtlpSpan[] = [];
  const batches: number[] = [];
  const services = new Set<unknown>();
  let waiting: Array<{ readonly count: number; readonly resolve: () => void }> = [];
  const server = createServer((request, response) => {
    void (async () => {
      const sentRequest = (await readJSON(request)) as OtlpRequest;
      const status = await receiver.answer();
      if (status === 200) {
        const sent = readSpans(sentRequest);
        for (const { resource } of sentRequest.resourceSpans ?? [])
          services.add(attributesOf(resource?.attributes)["service.name"]);
        spans.push(...sent);
        batches.push(sent.length);
        waiting = waiting.filter(({ count, resolve }) => spans.length < count || resolve());
      }
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    })();
  });
  const port = await listen(server);
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${port}/v1/traces`,
    batches,
    answer: () => 200,
    spanCount: () => spans.length,
    trees: () => treesOf(spans),
    traceIds: () => [...new Set(spans.map(({ traceId }) => traceId))],
    traces: () => receiver.traceIds().map((traceId) => traceOf(traceId, spans)),
    services: () => [...services],
    received: (count) =>
      new Promise((resolve) => {
        if (spans.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    reset() {
      spans.length = 0;
      batches.length = 0;
      services.clear();
      receiver.answer = () => 200;
    },
    close: () => close(server),
  };
  return receiver;
}

/** The span trees of one request. */
export function otlpTrees(request: OtlpRequest): SpanNode[] {
  return treesOf(readSpans(request));
}

/** Reads the spans of other processes and runtimes, and checks them against the conventions. */
function readSpans({ resourceSpans = [] }: OtlpRequest): OtlpSpan[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope = {}, spans = [] }) => {
      checkSpans(
        spans.map(({ name, kind, status = {}, attributes, events = [], links = [] }) => ({
          name,
          // A kind in OTLP is one more than in the API.
          kind: kind - 1,
          status: { code: status.code ?? 0, ...(status.message ? { message: status.message } : {}) },
          attributes: attributesOf(attributes),
          events,
          links: links.map((link) => ({ attributes: attributesOf(link.attributes) })),
          instrumentationScope: { name: "", ...scope },
        })),
      );
      return [...spans];
    }),
  );
}

export function attributesOf(attributes: OtlpAttributes = []): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function traceOf(traceId: string, all: readonly OtlpSpan[]): ReceivedTrace {
  const spans = all.filter((span) => span.traceId === traceId);
  const parents = rootsOf(spans).map(({ parentSpanId }) => parentSpanId || undefined);
  return { traceId, parents, trees: treesOf(spans) };
}

/** The spans whose parent was not sent, in the order of their start. */
function rootsOf(spans: readonly OtlpSpan[]): OtlpSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return inOrder(spans).filter(({ parentSpanId = "" }) => !ids.has(parentSpanId));
}

function inOrder(spans: readonly OtlpSpan[]): OtlpSpan[] {
  return spans.toSorted((left, right) =>
    Number(BigInt(left.startTimeUnixNano) - BigInt(right.startTimeUnixNano)),
  );
}

function treesOf(spans: readonly OtlpSpan[]): SpanNode[] {
  const ordered = inOrder(spans);
  const nodeOf = (span: OtlpSpan): SpanNode => ({
    name: span.name,
    kind: wordOf(KINDS, span.kind),
    status: wordOf(STATUSES, span.status?.code ?? 0),
    attributes: withoutSDKCall(attributesOf(span.attributes)),
    children: ordered
      .filter(({ parentSpanId, traceId }) => parentSpanId === span.spanId && traceId === span.traceId)
      .map(nodeOf),
  });
  return rootsOf(spans).map(nodeOf);
}

function valueOf(value: OtlpValue): AttributeValue | undefined {
  if (value.intValue !== undefined) return Number(value.intValue);
  // Our lists are lists of strings. The checks find one that is not.
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf) as string[];
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
