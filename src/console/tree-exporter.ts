/** Implements the exporter: it takes spans and prints trees. */
import { contain } from "../foundation/containment.ts";
import type { ExportedSpan, PrintedSpan } from "./exported-span.ts";
import type { SpanTree } from "./span-forest.ts";
import { cutToWidth } from "./printable-text.ts";
import { widthOf, writeText, type TextStream } from "./terminal.ts";
import { treeRows } from "./tree-rows.ts";
import { tableLines } from "./tree-table.ts";
import { WaitingSpans } from "./waiting-spans.ts";

/** The result of an export, as OpenTelemetry's SDKs expect it. */
export interface PrintResult {
  /** 0 means success, 1 means failure. */
  readonly code: number;
  readonly error?: Error;
}

/** Prints runs as trees. It has the methods of OpenTelemetry's `SpanExporter`. */
export interface TreeExporter {
  /** Called by the SDK. Prints the trees that these spans complete, before it calls `done`. */
  export(spans: readonly ExportedSpan[], done: (result: PrintResult) => void): void;
  /** Called by the SDK. Does nothing, because `export` prints each complete tree at once. */
  forceFlush(): Promise<void>;
  /** Called by the SDK. Prints the spans whose root has not ended, below a line that states this. */
  shutdown(): Promise<void>;
}

export interface ExporterSettings {
  readonly stream: TextStream;
  readonly hasColor: boolean;
  readonly width: number | undefined;
  readonly readFacts: (span: ExportedSpan) => PrintedSpan;
}

const INCOMPLETE = "not the whole run: a span above these has not ended";

export class PrintingExporter implements TreeExporter {
  readonly #settings: ExporterSettings;
  readonly #waiting = new WaitingSpans();

  constructor(settings: ExporterSettings) {
    this.#settings = settings;
  }

  export(spans: readonly ExportedSpan[], done: (result: PrintResult) => void): void {
    const isPrinted = contain("tree exporter", () => {
      const facts = spans.flatMap(
        (span) => contain("tree of a span", () => this.#settings.readFacts(span)) ?? [],
      );
      this.#print(this.#waiting.add(facts), []);
      this.#print(this.#waiting.takeOverLimit(), [INCOMPLETE]);
      return true;
    });
    done(isPrinted ? { code: 0 } : { code: 1, error: new Error("ai-spans: the tree was not printed") });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    contain("tree exporter", () => this.#print(this.#waiting.takeOverLimit(0), [INCOMPLETE]));
  }

  #print(trees: readonly SpanTree[], heading: readonly string[]): void {
    const { stream, hasColor, width = widthOf(stream) } = this.#settings;
    for (const { placed } of trees) {
      if (placed.length === 0) continue;
      const lines = tableLines(treeRows(placed), { width, hasColor });
      writeText(
        stream,
        [...heading.map((line) => cutToWidth(line, width ?? Infinity)), ...lines, "", ""].join("\n"),
      );
    }
  }
}
