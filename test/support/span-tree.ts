/**
 * The assertion on spans of this suite. It uses that of `ai-spans/testing`, with complete sets of attributes and no
 * other spans. It also checks the rules for every span, and that nothing was reported to `diag`.
 */
import {
  expectSpanTree as expectRecordedTree,
  type ExpectedSpan as AnyExpectedSpan,
  type SpanNode,
} from "ai-spans/testing";
import { expect } from "vitest";
import { settle } from "./gate.ts";
import { spansOnRelease, type PlayedRun } from "./on-release.ts";
import { spanWithoutSDKCall } from "./sdk-call.ts";
import { expectSoundSpans, type Rules } from "./sound-spans.ts";
import type { Telemetry } from "./telemetry.ts";

export { spanTree, type SpanNode } from "ai-spans/testing";

/**
 * Attribute values may be matchers. By default the kind is INTERNAL, the status is UNSET, and there are no attributes
 * and no children.
 */
export interface ExpectedSpan extends AnyExpectedSpan {
  readonly name: string;
  readonly kind?: "INTERNAL" | "CLIENT";
  readonly status?: "UNSET" | "ERROR";
  readonly children?: readonly ExpectedSpan[];
}

/** The value of attributes that measure time. */
export const aDuration: unknown = expect.any(Number);

export interface ExpectOptions extends Rules {
  /** The program may cause reports to `diag`. By default there must be none. */
  readonly reports?: boolean;
  /** Drops the values of the run that the test holds. Some spans end only then, on an old release. */
  readonly drop?: PlayedRun["drop"] | undefined;
}

/** Waits until every span has ended. Then it checks all spans against the expected roots and the general rules. */
export async function expectSpanTree(
  telemetry: Telemetry,
  expected: ExpectedSpan | readonly ExpectedSpan[],
  { reports = false, goesOn = false, endsInOrder, drop }: ExpectOptions = {},
): Promise<void> {
  // Waits turns of the event loop, not time, so that the test fails soon if a span never ends.
  const isEnded = (): boolean => telemetry.started.length > 0 && telemetry.open.length === 0;
  await settle(isEnded);
  const spans = await spansOnRelease({ tree: expected, goesOn }, { isEnded, ...(drop && { drop }) });
  expect(
    telemetry.open.map(({ name }) => name),
    "spans that never ended",
  ).toEqual([]);
  await expectRecordedTree(telemetry.started.map(spanWithoutSDKCall), spans.tree);
  if (!reports) expect(telemetry.diagnostics, "reports to diag").toEqual([]);
  expectSoundSpans(telemetry, { goesOn: spans.goesOn, endsInOrder });
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
