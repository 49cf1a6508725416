/**
 * A tree exporter behind a real tracer provider, and what it prints to a stream of the test.
 */
import { context } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { wrapAISDK } from "ai-spans";
import { createTreeExporter, type TextStream, type TreeExporterOptions } from "ai-spans/console";
import { vi } from "vitest";
import { enabledContextManager } from "../support/context-manager.ts";
import type { Major, SDK } from "../support/majors.ts";

export interface Printing {
  readonly provider: BasicTracerProvider;
  /** All that was printed. */
  readonly text: () => string;
  /** The same with `#` in place of each time, and bars of one column. The columns of numbers keep their width. */
  readonly timeless: () => string;
  readonly lines: () => string[];
}

/** Variables of the process that decide on colors. */
export type ColorVariables = Readonly<Partial<Record<"FORCE_COLOR" | "NO_COLOR" | "TERM", string>>>;

/**
 * @param terminal what a terminal has more than a pipe
 * @param variables those that are set. The test runner's are not seen.
 */
export function createPrinting(
  options: TreeExporterOptions = {},
  terminal: Partial<TextStream> = {},
  variables: ColorVariables = {},
): Printing {
  let printed = "";
  for (const name of ["FORCE_COLOR", "NO_COLOR", "TERM"] as const) vi.stubEnv(name, variables[name]);
  const stream: TextStream = { write: (text) => void (printed += text), ...terminal };
  // That it compiles is the proof that the exporter fits.
  const exporter: SpanExporter = createTreeExporter({ stream, ...options });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return {
    provider,
    text: () => printed,
    timeless: () => withoutTimes(printed),
    lines: () => printed.split("\n").filter((line) => line !== ""),
  };
}

/** A text in which every time has become `#`. */
export function withoutTimes(text: string): string {
  return text
    .replaceAll(/ *(\d+ ms|\d+\.\d\d s|\d+ min \d+ s)(?= {2}|\n)/g, (time) => "#".padStart(time.length))
    .replaceAll(/ *━+(?=\n)/g, "  ━");
}

export function tracedBy({ provider }: Printing, major: Major): SDK {
  context.disable();
  context.setGlobalContextManager(enabledContextManager());
  return wrapAISDK(major.ai, { tracerProvider: provider });
}
