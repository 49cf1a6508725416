/** Waits until all spans have ended. After a time limit it fails with an error that names the open spans. */
import { finiteNumber, isFunction } from "../foundation/structure.ts";
import { LONGEST_TIMER_MS } from "../foundation/timers.ts";
import { SpanAssertionError } from "./assertion-error.ts";
import { parentIdOf, spanIdOf, type RecordedSpan } from "./recorded-span.ts";
import type { SpanRecorder } from "./span-recorder.ts";

/** The time limit of an assertion that waits for spans to end. */
export interface WaitOptions {
  /** Milliseconds to wait at most. With 0 there is no wait. Default 1,000. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 1_000;

/** @param caller the name of the assertion, for its error messages */
export async function waitForEnds(
  caller: string,
  recorder: SpanRecorder,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: WaitOptions,
): Promise<void> {
  const source: Partial<SpanRecorder> | undefined = recorder;
  if (!isFunction(source?.waitForEnds)) {
    throw new TypeError(
      `${caller}: needs a recorder of createSpanRecorder, because a list has no open spans`,
    );
  }
  if (!(Number(finiteNumber(timeoutMs)) >= 0 && timeoutMs <= LONGEST_TIMER_MS)) {
    throw new TypeError(`${caller}: timeoutMs must be a number from 0 to ${LONGEST_TIMER_MS}`);
  }
  if (recorder.open.length === 0 || (await recorder.waitForEnds(timeoutMs))) return;
  const paths = pathsOf(recorder.open, recorder.started);
  const count = paths.length === 1 ? "a span has" : `${paths.length} spans have`;
  throw new SpanAssertionError(
    [`${caller}: ${count} not ended after ${timeoutMs} ms`, ...paths.map((path) => `  ${path}`)].join("\n"),
    { actual: paths.join("\n"), expected: "", operator: caller },
  );
}

/** For each span a path: the names of all spans above it, then its name. */
function pathsOf(spans: readonly RecordedSpan[], known: readonly RecordedSpan[]): string[] {
  const byId = new Map(known.map((span) => [spanIdOf(span), span]));
  return spans.map((span) => {
    const names: string[] = [];
    for (let at: RecordedSpan | undefined = span; at; at = byId.get(parentIdOf(at) ?? ""))
      names.unshift(at.name);
    return names.join(" > ");
  });
}
