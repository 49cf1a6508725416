import { register } from "node:module";
import { FastifyOtelInstrumentation } from "@fastify/otel";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AISDKInstrumentation } from "ai-spans/instrumentation";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
    new AISDKInstrumentation(),
  ],
});
sdk.start();
process.once("SIGTERM", () => void sdk.shutdown().finally(() => process.exit()));
