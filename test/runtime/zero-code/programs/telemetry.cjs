// Tracer providers that keep their spans, for programs that print their trees.
"use strict";
const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
const { createSpanRecorder, expectAllEnded, spanTree } = require("ai-spans/testing");

exports.createTelemetry = () => {
  const recorder = createSpanRecorder();
  return {
    provider: new NodeTracerProvider({ spanProcessors: [recorder] }),
    /** @returns the trees since the last call */
    async trees() {
      if (recorder.started.length > 0) await expectAllEnded(recorder);
      const trees = spanTree(recorder).map(withoutSDKCall);
      recorder.reset();
      return trees;
    },
  };
};

/** The SDK's function and its id of the call are another in each program. */
function withoutSDKCall(span) {
  const { "ai_spans.operation.name": _name, "ai_spans.call.id": _id, ...attributes } = span.attributes;
  return { ...span, attributes, children: span.children.map(withoutSDKCall) };
}
