// The newer line of OpenTelemetry, API 1.10 and SDK 3: the same agent, flushed through the SDK's own batch processor.
// Prints what was reported, how large the batches were, the printed trees, and every span's name, parent and
// attributes.
import { context, diag, DiagLogLevel, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import * as ai from "ai";
import { createTreeExporter } from "ai-spans/console";
import { createServerlessSpanProcessor, flushAfter } from "ai-spans/serverless";
import { Agent } from "../../serverless/agent.ts";
import { bundledMajor } from "../bundled-majors.ts";
import { keepReports } from "../kept-reports.ts";

globalThis.AI_SDK_LOG_WARNINGS = false;
const reports = keepReports(diag, DiagLogLevel.WARN);

const spans = [];
const batches = [];
const exporter = {
  export(batch, done) {
    batches.push(batch.length);
    // Arrives later than it was sent.
    setImmediate(() => {
      spans.push(...batch);
      done({ code: 0 });
    });
  },
  shutdown: async () => {},
};
let printed = "";
const treeExporter = createTreeExporter({ stream: { write: (text) => (printed += text) }, color: false });
const spanProcessors = [
  createServerlessSpanProcessor(exporter, BatchSpanProcessor),
  new SimpleSpanProcessor({ exporter: treeExporter }),
];
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));

const agent = new Agent(bundledMajor("v7", ai));
const texts = [await flushAfter(() => agent.loop()), await (await flushAfter(() => agent.stream())).text()];
const otlpSpans = spans.map((span) => ({
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  name: span.name,
  kind: span.kind + 1,
  startTimeUnixNano: String(BigInt(span.startTime[0]) * 1_000_000_000n + BigInt(span.startTime[1])),
  attributes: Object.entries(span.attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
  status: span.status,
}));
const [scope] = spans.map(({ instrumentationScope }) => instrumentationScope);
console.log(
  JSON.stringify({
    reports,
    batches,
    texts,
    printed,
    resourceSpans: [{ scopeSpans: [{ scope, spans: otlpSpans }] }],
  }),
);

function otlpValue(value) {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(otlpValue) } };
  if (typeof value === "number") return { doubleValue: value };
  return typeof value === "boolean" ? { boolValue: value } : { stringValue: value };
}
