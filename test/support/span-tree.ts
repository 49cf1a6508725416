/**
 * Finished spans as a nested tree, and the one assertion on it: closed attribute sets, nothing left over.
 */
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { expect } from "vitest";
import { settle } from "./gate.ts";
import { expectSoundSpans } from "./sound-spans.ts";
import type { Telemetry } from "./telemetry.ts";

export interface SpanNode {
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly children: readonly SpanNode[];
}

/** Attribute values may be matchers. Left out: kind INTERNAL, status UNSET, no attributes, no children. */
export interface ExpectedSpan {
  readonly name: string;
  readonly kind?: "INTERNAL" | "CLIENT";
  readonly status?: "UNSET" | "ERROR";
  /** The whole set: an attribute that is not named must not be there. `undefined` means absent. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly children?: readonly ExpectedSpan[];
}

/** For attributes that measure time. */
export const aDuration: unknown = expect.any(Number);

/** Roots and children in order of their start; orphans count as roots. */
export function spanTree(spans: readonly ReadableSpan[]): SpanNode[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const ordered = spans
    .map((span, sequence) => ({ span, sequence }))
    .toSorted((left, right) => compareTime(left.span, right.span) || left.sequence - right.sequence)
    .map(({ span }) => span);
  const below = (parent: string | undefined): SpanNode[] =>
    ordered
      .filter((span) => {
        const parentId = span.parentSpanContext?.spanId;
        return parent === undefined ? parentId === undefined || !ids.has(parentId) : parentId === parent;
      })
      .map((span) => ({
        name: span.name,
        kind: SpanKind[span.kind],
        status: SpanStatusCode[span.status.code],
        attributes: { ...span.attributes },
        children: below(span.spanContext().spanId),
      }));
  return below(undefined);
}

export interface ExpectOptions {
  /** The program gives cause to report something to `diag`; default: nothing may be reported. */
  readonly reports?: boolean;
}

/** Waits until every span has ended, then holds all spans against the expected roots and the general rules. */
export async function expectSpanTree(
  telemetry: Telemetry,
  expected: ExpectedSpan | readonly ExpectedSpan[],
  { reports = false }: ExpectOptions = {},
): Promise<void> {
  await settle(() => telemetry.started.length > 0 && telemetry.open.length === 0);
  expect(
    telemetry.open.map((span) => span.name),
    "spans that never ended",
  ).toEqual([]);
  const roots = "name" in expected ? [expected] : expected;
  expect(spanTree(telemetry.started)).toEqual(roots.map(completeSpan));
  if (!reports) expect(telemetry.diagnostics, "reports to diag").toEqual([]);
  expectSoundSpans(telemetry);
}

export function completeSpan(span: ExpectedSpan): SpanNode {
  const attributes = Object.entries(span.attributes ?? {}).filter(([, value]) => value !== undefined);
  return {
    name: span.name,
    kind: span.kind ?? "INTERNAL",
    status: span.status ?? "UNSET",
    attributes: Object.fromEntries(attributes),
    children: (span.children ?? []).map(completeSpan),
  };
}

function compareTime(left: ReadableSpan, right: ReadableSpan): number {
  return left.startTime[0] - right.startTime[0] || left.startTime[1] - right.startTime[1];
}
