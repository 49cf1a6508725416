/**
 * A real HTTP server on 127.0.0.1 that receives spans by OTLP as JSON, and returns them as trees. The test chooses the
 * status and the time of its answers.
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { checkSpans } from "../registry/checked-telemetry.ts";
import { close, listen } from "./loopback.ts";
import {
  attributesOf,
  inOrder,
  spansIn,
  treesOf,
  type OtlpRequest,
  type OtlpSentSpan,
} from "./otlp-spans.ts";
import type { SpanNode } from "./span-tree.ts";

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

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: OtlpSentSpan[] = [];
  const batches: number[] = [];
  const services = new Set<unknown>();
  let waiting: Array<{ readonly count: number; readonly resolve: () => void }> = [];
  const server = createServer((request, response) => {
    void (async () => {
      const sentRequest = (await json(request)) as OtlpRequest;
      const status = await receiver.answer();
      if (status === 200) {
        const sent = spansIn(sentRequest);
        checkSpans(sent);
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
    trees: () => treesOf(inOrder(spans)),
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

/** A trace with its roots, whose parents were not sent. */
function traceOf(traceId: string, all: readonly OtlpSentSpan[]): ReceivedTrace {
  const spans = inOrder(all.filter((span) => span.traceId === traceId));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId));
  return { traceId, parents: roots.map(({ parentSpanId }) => parentSpanId), trees: treesOf(spans) };
}
