// A program whose OpenTelemetry SDK is registered with a copy of the API of its own. Prints its reports and its spans.
import { context, diag, DiagLogLevel, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import * as ai from "ai";
import { wrapAISDK } from "ai-spans";
import { Agent } from "../../serverless/agent.ts";
import { bundledMajor } from "../bundled-majors.ts";
import { keepReports } from "../kept-reports.ts";

globalThis.AI_SDK_LOG_WARNINGS = false;
const reports = keepReports(diag, DiagLogLevel.WARN);
const exporter = new InMemorySpanExporter();
// The option of SDK 2; SDK 1.30 knows it as well.
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(provider);

const agent = new Agent(bundledMajor("v7", ai), wrapAISDK(ai));
const text = await trace
  .getTracer("program")
  .startActiveSpan("request", (span) => agent.loop().finally(() => span.end()));
const again = await agent.loop();
const spans = exporter.getFinishedSpans().map((span) => ({
  id: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId ?? span.parentSpanId,
  name: span.name,
}));
console.log(JSON.stringify({ reports, texts: [text, again], spans }));
