/**
 * Displays the runs of a process in a browser: `node --import ai-spans/view app.js` prints the address of a page.
 * Nothing leaves the machine, and nothing is written to disk. See docs/guide/view.md.
 *
 * The entry starts a viewer only if it is loaded by an option of Node. An import of it in a program starts nothing.
 *
 * @module
 */
import { savedPage } from "./traces/saved-page.ts";
import { PAGE } from "./view/built-page.ts";
import { startIfPreloaded } from "./view/preload.ts";
import { readSpan, type ViewedSpan } from "./view/viewed-span.ts";
import { MemoryViewer, type Viewer, type ViewerOptions } from "./view/viewer.ts";

export type { ViewedSpan } from "./view/viewed-span.ts";
export type { ListenOptions, Viewer, ViewerOptions, ViewerSpanProcessor } from "./view/viewer.ts";

startIfPreloaded();

/**
 * Creates a viewer for programs that set up OpenTelemetry themselves. It keeps the last runs in memory, with all spans
 * of their traces. The limits are 1,000 runs by default, 50,000 spans, and 10,000 spans of one trace. Above a limit,
 * whole traces are removed, the oldest first. Of a text that is longer than 4,096 characters, only the beginning is
 * kept.
 *
 * Never writes to disk, and never changes a span. Sends spans only to pages on this machine. Spans that the sampler
 * drops never reach a processor, so they are not displayed.
 *
 * @throws TypeError when `maxRuns` is malformed
 *
 * @example
 * const viewer = createViewer();
 * const provider = new BasicTracerProvider({ spanProcessors: [viewer.spanProcessor] });
 * console.error(await viewer.listen({ port: 4090 }));
 */
export function createViewer(options: ViewerOptions = {}): Viewer {
  return new MemoryViewer(options);
}

/**
 * Renders spans as one HTML file, which looks like the page of the viewer and needs no server. The file has everything
 * that the spans have recorded. So check what other instrumentations record before you send it to somebody.
 *
 * @param spans for example the finished spans of an in-memory exporter; spans that are still open are displayed as
 *   running
 * @returns the text of the file
 *
 * @example
 * writeFileSync("runs.html", renderTrace(exporter.getFinishedSpans()));
 */
export function renderTrace(spans: readonly ViewedSpan[]): string {
  return savedPage(PAGE, spans.map(readSpan));
}
