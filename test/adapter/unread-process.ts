/**
 * A process that leaves streams open on the bare SDK with the adapter registered, and then has nothing left to do. If
 * it stays alive, the adapter keeps it alive. `idle.test.ts` starts it.
 */
import { createAISDKTelemetry } from "ai-spans";
import { says } from "../conformance/script.ts";
import { turns } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { ai, parameters } from "./application.ts";

const telemetry = setupTelemetry();
registerIntegrations(createAISDKTelemetry());
const words = says("", { parts: Array.from({ length: 40 }, () => ({ text: "room " })) });
const results = [ai.streamText(parameters([words])), ai.streamText(parameters([words]))];
for await (const _text of results[0]?.textStream ?? []) break;
await turns(30);
// Keeps the results reachable as long as the process lives. If they were collected, the runs would end.
Object.assign(globalThis, { results });
process.stdout.write(telemetry.open.length > 0 ? "left with open spans" : "nothing was left open");
