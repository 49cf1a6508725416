/**
 * The assertion on the spans of an exit. It compares the whole tree with complete sets of attributes. Every span must
 * end once, and not after its parent. It compares the order of ends and not their times, because OpenTelemetry reads
 * two clocks for each span, one after the other.
 */
import { expect } from "vitest";
import type { ExpectedTree } from "../harness/program.ts";
import { settle } from "../support/gate.ts";
import { spansOnRelease, type PlayedRun } from "../support/on-release.ts";
import { spanWithoutSDKCall } from "../support/sdk-call.ts";
import { spanTree, type ExpectedSpan } from "../support/span-tree.ts";
import type { Telemetry } from "../support/telemetry.ts";

export interface Rules {
  /** The SDK goes on after the end of the run, so some spans below the run end after it. */
  readonly goesOn?: boolean;
}

export async function expectSpans(
  telemetry: Telemetry,
  expected: ExpectedTree,
  { goesOn = false, drop }: Rules & Pick<PlayedRun, "drop"> = {},
) {
  const isEnded = (): boolean => telemetry.started.length > 0 && telemetry.open.length === 0;
  await settle(isEnded);
  const spans = await spansOnRelease({ tree: expected, goesOn }, { isEnded, ...(drop && { drop }) });
  expect(
    telemetry.open.map(({ name }) => name),
    "spans that never ended",
  ).toEqual([]);
  const roots = "name" in spans.tree ? [spans.tree] : spans.tree;
  expect(spanTree(telemetry.started.map(spanWithoutSDKCall))).toEqual(roots.map(complete));
  expect(new Set(telemetry.finished).size, "spans that ended twice").toBe(telemetry.finished.length);
  expect(telemetry.diagnostics, "reports to diag").toEqual([]);
  if (!spans.goesOn) expect(outlivers(telemetry), "spans that ended after their parent").toEqual([]);
}

function outlivers({ finished }: Telemetry): string[] {
  const order = new Map(finished.map((span, index) => [span.spanContext().spanId, index]));
  const endOf = (id: string | undefined): number =>
    id === undefined ? Infinity : (order.get(id) ?? Infinity);
  return finished
    .filter((span, index) => index > endOf(span.parentSpanContext?.spanId))
    .map(({ name }) => name);
}

/** Leaves out attributes that are `undefined`, which means absent. */
function complete({ attributes = {}, children = [], ...span }: ExpectedSpan): object {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return {
    kind: "INTERNAL",
    status: "UNSET",
    ...span,
    attributes: Object.fromEntries(present),
    children: children.map(complete),
  };
}
