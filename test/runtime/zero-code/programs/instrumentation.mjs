// The set-up of an ES module program: the SDK with the instrumentation, and the loader that its hooks need.
import { register } from "node:module";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AISDKInstrumentation } from "ai-spans/instrumentation";

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
const sdk = new NodeSDK({ instrumentations: [new AISDKInstrumentation()] });
sdk.start();
process.once("beforeExit", () => void sdk.shutdown().catch(console.error));
