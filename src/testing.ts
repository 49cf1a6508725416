/**
 * For tests of traced programs: spans in memory, their tree, and assertions on them. Works with every test runner and on
 * every runtime, and imports neither a runner nor an OpenTelemetry SDK. See docs/testing.md.
 *
 * @module
 */
import { isString } from "./foundation/structure.ts";
import { waitForEnds, type WaitOptions } from "./testing/all-ended.ts";
import { SpanAssertionError } from "./testing/assertion-error.ts";
import { findMarkers } from "./testing/content-search.ts";
import { compareTrees, type ExpectedSpan } from "./testing/expected-tree.ts";
import { spansOf, type RecordedSpan, type SpanSource } from "./testing/recorded-span.ts";
import { RecordingProcessor, type SpanRecorder } from "./testing/span-recorder.ts";
import { spanTree } from "./testing/span-tree.ts";

export type { WaitOptions } from "./testing/all-ended.ts";
export { SpanAssertionError, type FailedComparison } from "./testing/assertion-error.ts";
export type { AsymmetricMatcher, ExpectedSpan } from "./testing/expected-tree.ts";
export type { AttributeHolder, RecordedSpan, SpanSource } from "./testing/recorded-span.ts";
export type { SpanRecorder } from "./testing/span-recorder.ts";
export { formatSpanTree, spanTree } from "./testing/span-tree.ts";
export type { SpanKindName, SpanNode, SpanStatusName } from "./testing/span-tree.ts";

export interface TreeOptions extends WaitOptions {
  /**
   * `"exact"`: a span has the attributes that are named and no others. `"subset"`: it may have more. Default `"exact"`.
   */
  readonly attributes?: "exact" | "subset" | undefined;
}

/**
 * A span processor that keeps every recording span from its start to its end, for a tracer provider of a test:
 * `new BasicTracerProvider({ spanProcessors: [recorder] })`. Sampled or not, exported or not; a span that a sampler drops
 * never reaches a processor. Never changes or ends a span, and never touches what is registered globally.
 *
 * @typeParam Span the SDK's own type of a span, where the spans are to be read as such (`ReadableSpan`)
 */
export function createSpanRecorder<Span extends RecordedSpan = RecordedSpan>(): SpanRecorder<Span> {
  return new RecordingProcessor<Span>();
}

/**
 * Fails unless every span that was started has ended. Waits for ends that come by microtasks and timers, no longer than
 * it has to: it resolves with the last end, at once where nothing is open, with fake timers too. Fails as well where no
 * span was started, for then nothing was recorded.
 *
 * @param recorder of `createSpanRecorder`; a list of spans cannot tell what was never ended
 * @throws SpanAssertionError naming each open span with the spans above it, after `timeoutMs`
 * @throws TypeError when `recorder` is none or `timeoutMs` is malformed
 */
export async function expectAllEnded(recorder: SpanRecorder, options: WaitOptions = {}): Promise<void> {
  const given: Partial<SpanRecorder> | undefined = recorder;
  const isUnused = given?.started?.length === 0;
  await waitForEnds("expectAllEnded", recorder, options);
  if (!isUnused) return;
  fail("expectAllEnded", "no span was started: does a provider have the recorder?", [], {
    actual: 0,
    expected: "1 span or more",
  });
}

/**
 * Fails unless the spans are exactly the expected roots with all that is below them, in order of their start: no span
 * more, no span less, and of each the name, kind, status and the whole set of attributes. Of a recorder it waits for the
 * ends first, as `expectAllEnded` does. Events, links and times are not looked at.
 *
 * @param spans a recorder, or a list of spans such as an in-memory exporter's
 * @throws SpanAssertionError with a line for each difference; its `actual` and `expected` are both trees as texts
 * @throws TypeError when an option is malformed
 */
export async function expectSpanTree(
  spans: SpanRecorder | readonly RecordedSpan[],
  expected: ExpectedSpan | readonly ExpectedSpan[],
  options: TreeOptions = {},
): Promise<void> {
  const { attributes = "exact" } = options;
  if (attributes !== "exact" && attributes !== "subset") {
    throw new TypeError('expectSpanTree: attributes must be "exact" or "subset"');
  }
  if ("started" in spans) await waitForEnds("expectSpanTree", spans, options);
  const roots = "name" in expected ? [expected] : expected;
  const { differences, ...texts } = compareTrees(spanTree(spans), roots, {
    allowsMore: attributes === "subset",
  });
  if (differences.length > 0)
    fail("expectSpanTree", "the spans are not the expected ones", differences, texts);
}

/**
 * Fails if a span says one of the markers: in its name, an attribute's key or value, an event, a link or its status
 * message; as it is, escaped for JSON or for a URL (several layers of both), or, markers of 7 bytes and more, in base64,
 * wherever in the encoded text. Of a marker longer than 64 characters a piece is enough, for tracers cut long texts. Looks at spans that are still open as they are now. Fails as well where there is no span,
 * for then nothing was looked at.
 *
 * @param spans a recorder, or a list of spans such as an in-memory exporter's
 * @param markers texts that occur in the prompts, answers and tools of the test, and nowhere else
 * @throws SpanAssertionError naming each marker found, its place and how it is written there
 * @throws TypeError when there is no marker, or one is no text or empty
 */
export function expectNoContent(spans: SpanSource, markers: string | readonly string[]): void {
  const wanted: readonly unknown[] = [markers].flat();
  if (wanted.length === 0 || !wanted.every((marker) => isString(marker) && marker !== "")) {
    throw new TypeError("expectNoContent: markers must be one text or more, none of them empty");
  }
  const listed = spansOf(spans);
  if (listed.length === 0) {
    fail("expectNoContent", "there is no span to look at", [], { actual: 0, expected: "1 span or more" });
  }
  const found = findMarkers(listed, wanted.filter(isString)).map(
    ({ marker, place, writtenAs }) => `${JSON.stringify(marker)} is in ${place} (${writtenAs})`,
  );
  if (found.length > 0)
    fail("expectNoContent", "spans say what they must not", found, {
      actual: found.join("\n"),
      expected: "",
    });
}

/** A message is read by people: what comes after so many lines is counted. */
const LINES_SHOWN = 20;

function fail(
  operator: string,
  message: string,
  lines: readonly string[],
  compared: { readonly actual: unknown; readonly expected: unknown },
): never {
  const shown = lines.slice(0, LINES_SHOWN);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  const text = [`${operator}: ${message}`, ...shown.map((line) => `  ${line}`)].join("\n");
  throw new SpanAssertionError(text, { ...compared, operator });
}
