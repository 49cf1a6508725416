// Runs one program under one peer, in a process of its own, and prints what the peer's spans are.
import { setTimeout as sleep } from "node:timers/promises";
import { peers } from "./peers.mjs";
import { recorded } from "./recorder.mjs";

const [peer, program] = process.argv.slice(2);
globalThis.AI_SDK_LOG_WARNINGS = false;
const late = [];
process.on("unhandledRejection", (error) => late.push(String(error)));

const { wrap = (sdk) => sdk, parameters = {}, flush } = await peers[peer]();
const sdk = await import("ai");
const { programs, sent } = await import("./programs.mjs");
const telemetry = { functionId: "booking-agent" };
await programs[program](wrap(sdk), { telemetry, ...parameters });
// What ends by collection or by a timer has time to end, and a stream that is read on is read to its end.
for (let quiet = 0, parts = 0; quiet < 20; quiet += 1) {
  if (parts !== sent.parts) quiet = 0;
  parts = sent.parts;
  globalThis.gc();
  await sleep(100);
}
await flush();
console.log(`RESULT ${JSON.stringify({ spans: recorded(), parts: sent.parts, late })}`);
process.exit(0);
