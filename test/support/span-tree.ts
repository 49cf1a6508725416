/**
 * The one assertion on spans of this suite: that of `ai-spans/testing`, with closed attribute sets and nothing left over,
 * and on top of it what holds for every span and what was reported to `diag`.
 */
import {
  expectSpanTree as expectRecordedTree,
  type ExpectedSpan as AnyExpectedSpan,
  type SpanNode,
} from "ai-spans/testing";
import { expect } from "vitest";
import { settle } from "./gate.ts";
import { spansOnRelease } from "./on-release.ts";
import { spanWithoutSDKCall } from "./sdk-call.ts";
import { expectSoundSpans } from "./sound-spans.ts";
import type { Telemetry } from "./telemetry.ts";

export { spanTree, type SpanNode } from "ai-spans/testing";

/** Attribute values may be matchers. Left out: kind INTERNAL, status UNSET, no attributes, no children. */
export interface ExpectedSpan extends AnyExpectedSpan {
  readonly name: string;
  readonly kind?: "INTERNAL" | "CLIENT";
  readonly status?: "UNSET" | "ERROR";
  readonly children?: readonly ExpectedSpan[];
}

/** For attributes that measure time. */
export const aDuration: unknown = expect.any(Number);

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
  // By turns of the event loop: what a program never ends has to be seen soon.
  const isEnded = (): boolean => telemetry.started.length > 0 && telemetry.open.length === 0;
  await settle(isEnded);
  const { tree, goesOn } = await spansOnRelease({ tree: expected, goesOn: false }, { isEnded });
  expect(
    telemetry.open.map(({ name }) => name),
    "spans that never ended",
  ).toEqual([]);
  await expectRecordedTree(telemetry.started.map(spanWithoutSDKCall), tree);
  if (!reports) expect(telemetry.diagnostics, "reports to diag").toEqual([]);
  expectSoundSpans(telemetry, { goesOn });
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
