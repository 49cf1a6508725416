/**
 * A process that exits in the middle of a run, with an exporter that works synchronously. `process-exit.test.ts` starts
 * it.
 */
import { writeSync } from "node:fs";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { wrapTool } from "ai-spans";
import { flushAtEnd } from "../../src/register/process-end.ts";

const exporter: SpanExporter = {
  export(spans, done) {
    for (const { name, attributes } of spans)
      writeSync(1, `${name}: ${String(attributes["ai_spans.cancel.cause"])}\n`);
    done({ code: 0 });
  },
  shutdown: async () => {},
};
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
flushAtEnd(1_000);
void wrapTool("searchRooms", { execute: () => new Promise(() => {}) }).execute();
process.exit(0);
