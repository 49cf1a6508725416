// What an application loads before an ES module program, to trace it by the instrumentation instead of the flag.
import { register } from "node:module";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { AISDKInstrumentation } from "ai-spans/instrumentation";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
registerInstrumentations({ instrumentations: [new AISDKInstrumentation()] });
