// Registers OpenTelemetry with a recorder, and prints what was recorded.
"use strict";
const { context, diag, DiagLogLevel, trace } = require("@opentelemetry/api");
const { AsyncLocalStorageContextManager } = require("@opentelemetry/context-async-hooks");
const { BasicTracerProvider } = require("@opentelemetry/sdk-trace-base");

globalThis.AI_SDK_LOG_WARNINGS = false;

/**
 * @param recorder of `ai-spans/testing`
 * @returns the list to which `diag` adds each warning and error
 */
exports.register = (recorder) => {
  const reports = [];
  const report = (...message) => reports.push(message.map(String).join(" "));
  const silent = () => {};
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN },
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [recorder] }));
  return reports;
};

/**
 * Prints the spans that `work` opens.
 *
 * @param testing the module `ai-spans/testing`
 * @param work returns what is printed beside the spans
 */
exports.printSpans = async ({ createSpanRecorder, expectAllEnded, spanTree }, work) => {
  const recorder = createSpanRecorder();
  const reports = exports.register(recorder);
  const printed = await work();
  await expectAllEnded(recorder);
  console.log(JSON.stringify({ ...printed, reports, trees: spanTree(recorder).map(withoutSDKCall) }));
};

/** The SDK's function and its id of the call are another in each program. */
function withoutSDKCall(span) {
  const { "ai_spans.operation.name": _name, "ai_spans.call.id": _id, ...attributes } = span.attributes;
  return { ...span, attributes, children: span.children.map(withoutSDKCall) };
}
