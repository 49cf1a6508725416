// The set-up of a CommonJS program.
"use strict";
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { AISDKInstrumentation } = require("ai-spans/instrumentation");

const sdk = new NodeSDK({ instrumentations: [new AISDKInstrumentation()] });
sdk.start();
process.once("beforeExit", () => void sdk.shutdown().catch(console.error));
