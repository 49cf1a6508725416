import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK();
sdk.start();
// The server has closed its connections, so every run has ended.
process.once("sveltekit:shutdown", () => void sdk.shutdown());
