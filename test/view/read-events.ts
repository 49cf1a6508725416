/**
 * Reads the events that a page of the viewer gets, and the spans in them as trees.
 */
import type { Attributes } from "@opentelemetry/api";
import type { Limits, StoredSpan } from "../../src/traces/span-record.ts";
import { withoutSDKCall } from "../support/sdk-call.ts";
import type { SpanNode } from "../support/span-tree.ts";

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

export async function* readEvents(page: URL | string, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
  const response = await fetch(new URL("/events", page), { ...(signal && { signal }) });
  if (!response.ok || !response.body) throw new Error(`the events are answered with ${response.status}`);
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const lines of events) {
      const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(lines) ?? [];
      yield { event, data: JSON.parse(data) };
    }
  }
}

/** Reads until the spans are enough. Each span is in its last state, in order of arrival. */
export async function readSpans(
  page: URL | string,
  isEnough: (spans: readonly StoredSpan[]) => boolean,
): Promise<readonly StoredSpan[]> {
  const spans = new Map<string, StoredSpan>();
  for await (const { event, data } of readEvents(page)) {
    if (event !== "spans") continue;
    for (const span of data as StoredSpan[]) spans.set(span.spanId, span);
    if (isEnough([...spans.values()])) return [...spans.values()];
  }
  throw new Error("the server has closed the events");
}

/** What is not kept, once the page has the spans. */
export async function readLimits(page: URL | string): Promise<Limits> {
  for await (const { event, data } of readEvents(page)) if (event === "limits") return data as Limits;
  throw new Error("the server has closed the events");
}

/** The trees as test/support/span-tree.ts and the receiver have them. */
export function treesOf(spans: readonly StoredSpan[], parentId?: string): SpanNode[] {
  return spans
    .filter((span) => span.parentId === parentId)
    .toSorted((left, right) => left.start - right.start)
    .map(({ spanId, name, kind, status, attributes }) => ({
      name,
      // The names of a `SpanKind`.
      kind: kind as SpanNode["kind"],
      status,
      attributes: withoutSDKCall(attributes as Attributes),
      children: treesOf(spans, spanId),
    }));
}
