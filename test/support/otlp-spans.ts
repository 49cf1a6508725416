/**
 * Reads spans from OTLP as JSON, and builds their trees.
 */
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { spanTree, type SpanNode } from "ai-spans/testing";
import { checkSpans } from "../registry/checked-telemetry.ts";
import { withoutSDKCall } from "./sdk-call.ts";
import type { SentSpan } from "./sent-span.ts";

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] };
}

type OtlpAttributes = ReadonlyArray<{ readonly key: string; readonly value: OtlpValue }>;

interface OtlpSpan {
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

export interface OtlpRequest {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource?: { readonly attributes?: OtlpAttributes };
    readonly scopeSpans?: ReadonlyArray<{
      readonly scope?: { readonly name?: string; readonly version?: string };
      readonly spans?: readonly OtlpSpan[];
    }>;
  }>;
}

export interface OtlpSentSpan extends SentSpan {
  /** Nanoseconds since the epoch. */
  readonly start: bigint;
}

export function spansIn({ resourceSpans = [] }: OtlpRequest): OtlpSentSpan[] {
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ scope, spans = [] }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId, startTimeUnixNano, ...span }) => {
        if (kind < 1) throw new Error(`the span ${name} has no kind`);
        const { code = 0, message } = span.status ?? {};
        return {
          name,
          // A kind in OTLP is one more than in the API.
          kind: kind - 1,
          traceId,
          spanId,
          ...(parentSpanId ? { parentSpanId } : {}),
          start: BigInt(startTimeUnixNano),
          status: { code, ...(message ? { message } : {}) },
          attributes: attributesOf(span.attributes),
          events: span.events ?? [],
          links: (span.links ?? []).map(({ attributes }) => ({ attributes: attributesOf(attributes) })),
          instrumentationScope: { name: "", ...scope },
          hasEnded: true,
        };
      }),
    ),
  );
}

export function inOrder(spans: readonly OtlpSentSpan[]): OtlpSentSpan[] {
  return spans.toSorted((left, right) => Number(left.start - right.start));
}

/**
 * The trees, without the attributes of the SDK's calls. A span whose parent was not sent is a root.
 *
 * @param spans in order of their starts
 */
export function treesOf(spans: readonly SentSpan[]): SpanNode[] {
  return spanTree(
    spans.map((span, index) => ({
      ...span,
      attributes: withoutSDKCall(span.attributes),
      events: [],
      startTime: [0, index],
      spanContext: () => span,
    })),
  );
}

/** The span trees of one request, whose spans are checked against the conventions. */
export function otlpTrees(request: OtlpRequest): SpanNode[] {
  const spans = spansIn(request);
  checkSpans(spans);
  return treesOf(inOrder(spans));
}

export function attributesOf(attributes: OtlpAttributes = []): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: OtlpValue): AttributeValue | undefined {
  if (value.intValue !== undefined) return Number(value.intValue);
  // Our lists are lists of strings. The checks find one that is not.
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf) as string[];
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
