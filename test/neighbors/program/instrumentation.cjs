// What an application loads before a CommonJS program, to trace it by the instrumentation instead of the flag.
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { AISDKInstrumentation } = require("ai-spans/instrumentation");

registerInstrumentations({ instrumentations: [new AISDKInstrumentation()] });
