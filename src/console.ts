/**
 * Runs on the terminal: an exporter that prints each run as a tree when the run ends. Needs no backend and imports no
 * OpenTelemetry SDK. See docs/guide/console.md.
 *
 * @module
 */
import { factReader } from "./console/exported-span.ts";
import { isTextStream, supportsColor, standardOutput, type TextStream } from "./console/terminal.ts";
import { PrintingExporter, type TreeExporter } from "./console/tree-exporter.ts";
import { checkOptionNames, refuseOption } from "./foundation/option-checks.ts";
import { finiteNumber, stringOf } from "./foundation/structure.ts";
import { DEFAULT_NAMESPACE } from "./semconv/span-attributes.ts";

export type { ExportedSpan } from "./console/exported-span.ts";
export type { TextStream } from "./console/terminal.ts";
export type { PrintResult, TreeExporter } from "./console/tree-exporter.ts";

/** The options of `createTreeExporter`. */
export interface TreeExporterOptions {
  /** Where the trees are printed. Default: `process.stdout`. */
  readonly stream?: TextStream | undefined;
  /**
   * Whether the text has colors. Default: the environment variable `FORCE_COLOR` decides, or else `NO_COLOR`, or else
   * whether the stream is a terminal.
   */
  readonly color?: boolean | undefined;
  /**
   * The maximum number of columns of a line, at least 1. Default: the width of the terminal. A stream that is no
   * terminal has no limit.
   */
  readonly width?: number | undefined;
  /** The option `namespace` of `wrapAISDK`, if you have set it. Default: `"ai_spans"`. */
  readonly namespace?: string | undefined;
}

/**
 * Creates a span exporter that prints each run as a tree when the run ends. The tree has the calls of the run, how each
 * call ended, how long it took, its tokens, and the time to its first chunk. Pass the exporter to a span processor of
 * your OpenTelemetry SDK.
 *
 * A tree is printed when its root ends. The root is the span that has no parent in this process. At most 10,000 spans
 * wait for the end of their root. If there are more, the trace that has waited longest is printed as it is. Spans that
 * belong to no run are printed only if a run is below them. Never records or changes anything, and never prints a
 * control character that comes from a span.
 *
 * @throws TypeError when an option is unknown or malformed, or when there is neither a `stream` nor a `process.stdout`
 *
 * @example
 * const exporter = createTreeExporter({ stream: process.stderr });
 * const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
 */
export function createTreeExporter(options: TreeExporterOptions = {}): TreeExporter {
  const caller = "createTreeExporter";
  checkOptionNames(caller, options, ["stream", "color", "width", "namespace"]);
  const { stream = standardOutput(), color, width, namespace = DEFAULT_NAMESPACE } = options;
  if (!isTextStream(stream)) refuseOption(caller, "stream", "must have a write method");
  if (color !== undefined && typeof color !== "boolean")
    refuseOption(caller, "color", "must be true or false");
  if (width !== undefined && !(Number(finiteNumber(width)) >= 1))
    refuseOption(caller, "width", "must be a number of columns, 1 or more");
  if (stringOf(namespace) === undefined)
    refuseOption(caller, "namespace", "must be the namespace of wrapAISDK");
  return new PrintingExporter({
    stream,
    hasColor: color ?? supportsColor(stream),
    width: width === undefined ? undefined : Math.floor(width),
    readFacts: factReader(namespace),
  });
}
