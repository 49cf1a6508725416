/**
 * For tests of traced programs: spans in memory, their tree, and assertions on them. Works with all test runners and in
 * all runtimes, because it imports neither a test runner nor an OpenTelemetry SDK. See docs/guide/testing.md.
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

/** The options of `expectSpanTree`. */
export interface TreeOptions extends WaitOptions {
  /**
   * `"exact"`: a span has the attributes that the test names, and no others. `"subset"`: it may have more. Default:
   * `"exact"`.
   */
  readonly attributes?: "exact" | "subset" | undefined;
}

/**
 * Creates a span processor that keeps each recording span from its start to its end, for the tracer provider of a test.
 * It also keeps spans that no exporter gets. A span that the sampler drops never reaches a processor, so it is not
 * kept. Never changes or ends a span, and never changes global OpenTelemetry state.
 *
 * @typeParam Span the SDK's type of a span, for tests that read the spans with that type (`ReadableSpan`)
 *
 * @example
 * const recorder = createSpanRecorder();
 * const provider = new BasicTracerProvider({ spanProcessors: [recorder] });
 */
export function createSpanRecorder<Span extends RecordedSpan = RecordedSpan>(): SpanRecorder<Span> {
  return new RecordingProcessor<Span>();
}

/**
 * Fails unless all spans that were started have ended. Waits for ends that need microtasks or timers, even with fake
 * timers. Resolves when the last open span ends, or at once if no span is open. Also fails if no span was started,
 * because then nothing was recorded.
 *
 * @param recorder a recorder of `createSpanRecorder`. A list of spans is not enough, because it has no spans that never
 *   ended.
 * @throws SpanAssertionError after `timeoutMs`, with each open span and the spans above it
 * @throws TypeError when `recorder` is no recorder, or when `timeoutMs` is malformed
 *
 * @example
 * await expectAllEnded(recorder, { timeoutMs: 5_000 });
 */
export async function expectAllEnded(recorder: SpanRecorder, options: WaitOptions = {}): Promise<void> {
  const source: Partial<SpanRecorder> | undefined = recorder;
  const hasNoSpans = source?.started?.length === 0;
  await waitForEnds("expectAllEnded", recorder, options);
  if (!hasNoSpans) return;
  fail("expectAllEnded", "no span was started: does a provider have the recorder?", [], {
    actual: 0,
    expected: "1 span or more",
  });
}

/**
 * Fails unless the spans are exactly the expected roots with all spans below them, in the order of their start. Each
 * span must have the expected name, kind, status and attributes. Events, links and times are not compared. If `spans`
 * is a recorder, first waits for the ends of its spans, as `expectAllEnded` does.
 *
 * @param spans a recorder, or a list of spans such as that of an in-memory exporter
 * @throws SpanAssertionError with a line for each difference. Its `actual` and `expected` are the two trees as texts.
 * @throws TypeError when an option is malformed
 *
 * @example
 * await expectSpanTree(recorder, {
 *   name: "invoke_agent booking-agent",
 *   attributes: { "gen_ai.operation.name": "invoke_agent" },
 *   children: [{ name: "chat gpt-4o", kind: "CLIENT" }],
 * }, { attributes: "subset" });
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
 * Fails if a span contains one of the markers. Searches its name, the keys and values of its attributes, its events,
 * its links and its status message. A marker is found as it is, and escaped for JSON or URLs (in several layers). A
 * marker of 7 bytes or more is also found in base64.
 *
 * A piece of a marker that is longer than 64 characters is enough, because tracers cut long texts. Spans that are still
 * open are searched as they are now. Also fails if there is no span, because then nothing was searched.
 *
 * @param spans a recorder, or a list of spans such as that of an in-memory exporter
 * @param markers texts that occur in the prompts, answers and tools of the test, and nowhere else
 * @throws SpanAssertionError with each found marker, its place and its encoding in that place
 * @throws TypeError when there is no marker, or when a marker is no text or is empty
 *
 * @example
 * expectNoContent(recorder, ["PROMPT-7f3a", "ANSWER-91cd"]);
 */
export function expectNoContent(spans: SpanSource, markers: string | readonly string[]): void {
  const wanted: readonly unknown[] = [markers].flat();
  if (wanted.length === 0 || !wanted.every((marker) => isString(marker) && marker !== "")) {
    throw new TypeError("expectNoContent: markers must be one text or more, none of them empty");
  }
  const listed = spansOf(spans);
  if (listed.length === 0) {
    fail("expectNoContent", "there are no spans to search", [], { actual: 0, expected: "1 span or more" });
  }
  const found = findMarkers(listed, wanted.filter(isString)).map(
    ({ marker, place, encoding }) => `${JSON.stringify(marker)} is in ${place} (${encoding})`,
  );
  if (found.length > 0)
    fail("expectNoContent", "spans contain markers that they must not contain", found, {
      actual: found.join("\n"),
      expected: "",
    });
}

/** The maximum number of differences that a message lists. The others are only counted. */
const LINES_PRINTED = 20;

function fail(
  operator: string,
  message: string,
  lines: readonly string[],
  compared: { readonly actual: unknown; readonly expected: unknown },
): never {
  const printed = lines.slice(0, LINES_PRINTED);
  if (lines.length > printed.length) printed.push(`and ${lines.length - printed.length} more`);
  const text = [`${operator}: ${message}`, ...printed.map((line) => `  ${line}`)].join("\n");
  throw new SpanAssertionError(text, { ...compared, operator });
}
