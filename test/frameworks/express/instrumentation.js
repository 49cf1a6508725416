import { register } from "node:module";
import { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AISDKInstrumentation } from "ai-spans/instrumentation";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new AISDKInstrumentation()],
});
sdk.start();
process.once("SIGTERM", () => void sdk.shutdown().finally(() => process.exit()));
