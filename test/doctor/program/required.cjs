// A CommonJS program.
const {
  InMemorySpanExporter,
  BasicTracerProvider,
  SimpleSpanProcessor,
} = require("@opentelemetry/sdk-trace-base");
const { trace } = require("@opentelemetry/api");
const { wrapAISDK } = require("ai-spans");
const ai = require("ai-v6");

async function main() {
  const { createModel, PROMPT } = await import("./model.mjs");
  const spanProcessors = [new SimpleSpanProcessor(new InMemorySpanExporter())];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  const { generateText } = wrapAISDK(ai);
  await generateText({ model: createModel("v6"), prompt: PROMPT });
  await ai.generateText({ model: createModel("v6"), prompt: PROMPT });
}
void main();
