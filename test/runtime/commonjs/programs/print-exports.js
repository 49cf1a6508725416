// Sends one span through the processor and prints how many were exported, or the error.
"use strict";

exports.printExports = async (createServerlessSpanProcessor) => {
  let exported = 0;
  const exporter = {
    export(spans, done) {
      exported += spans.length;
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  try {
    const processor = createServerlessSpanProcessor(exporter);
    processor.onEnd({ spanContext: () => ({ traceFlags: 1 }), resource: {} });
    await processor.forceFlush();
    console.log(JSON.stringify({ exported }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
};
