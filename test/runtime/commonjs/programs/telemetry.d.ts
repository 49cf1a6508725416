import type * as testing from "ai-spans/testing";

/** @returns the list to which `diag` adds each warning and error */
export function register(recorder: testing.SpanRecorder): string[];
/** Prints the spans that `work` opens, with what `work` returns. */
export function printSpans(module: typeof testing, work: () => Promise<object>): Promise<void>;
