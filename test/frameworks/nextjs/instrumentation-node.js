import { NodeSDK } from "@opentelemetry/sdk-node";
import { registerTelemetry } from "ai";
import { createAISDKTelemetry } from "ai-spans";

const sdk = new NodeSDK();
sdk.start();
registerTelemetry(createAISDKTelemetry());
process.once("SIGTERM", () => void sdk.shutdown().finally(() => process.exit()));
