/**
 * Derives the span tree of the v7 adapter from the wrapper's tree, for operations that the SDK reports incompletely or
 * not at all.
 */
import type { ExpectedSpan } from "../support/span-tree.ts";
import type { AdaptedTree, TreeProgram } from "./program.ts";

/**
 * The SDK reports these model calls by events and has no hook around them. So the adapter cannot record the spans of
 * the calls, nor put the application's spans below them. It records retries only if `retries` is set.
 */
export function reportedByEvents(program: TreeProgram, { retries = false } = {}): TreeProgram {
  if (program.adapted !== undefined || Array.isArray(program.expected)) return program;
  const root = program.expected as ExpectedSpan;
  const adapted: AdaptedTree = {
    reason: "the SDK's telemetry has no hook around these calls (docs/reference/adapter.md)",
    expected: [withoutCalls(root, retries), ...ownSpansOf(root)],
  };
  return { ...program, adapted };
}

/** The SDK has no telemetry for the operation, so only the application's spans are left. */
export function untold(program: TreeProgram): TreeProgram {
  const root = program.expected as ExpectedSpan;
  return {
    ...program,
    adapted: { reason: "no event reports the operation", expected: ownSpansOf(root) },
  };
}

/** The adapter does not record these attributes, because no event has their values. */
export function without(keys: readonly string[], reason: string, program: TreeProgram): TreeProgram {
  const strip = (span: ExpectedSpan): ExpectedSpan => ({
    ...span,
    attributes: { ...span.attributes, ...Object.fromEntries(keys.map((key) => [key, undefined])) },
    children: (span.children ?? []).map(strip),
  });
  const { expected: ofWrapper } = program;
  const expected = Array.isArray(ofWrapper) ? ofWrapper.map(strip) : strip(ofWrapper as ExpectedSpan);
  return { adapted: { reason, expected }, ...program };
}

function isOwn({ attributes }: ExpectedSpan): boolean {
  return attributes?.["gen_ai.operation.name"] === undefined;
}

function ownSpansOf({ children = [] }: ExpectedSpan): ExpectedSpan[] {
  return children.flatMap((child) => (isOwn(child) ? [child] : ownSpansOf(child)));
}

function withoutCalls(span: ExpectedSpan, retries: boolean): ExpectedSpan {
  return {
    ...span,
    attributes: {
      ...span.attributes,
      ...(retries ? {} : { "ai_spans.retry.count": undefined }),
    },
    children: (span.children ?? [])
      .filter((child) => !isOwn(child))
      .map((child) => withoutCalls(child, retries)),
  };
}
