import { register } from "node:module";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AISDKInstrumentation } from "ai-spans/instrumentation";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
export const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new AISDKInstrumentation()],
});
sdk.start();
