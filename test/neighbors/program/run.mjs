// What the program does once its packages are loaded: sets OpenTelemetry up, calls, waits for the neighbor to send what
// it has, prints. `neighbor.mjs` beside it says what an application has to write for this neighbor.
import { setTimeout as sleep } from "node:timers/promises";
import * as calls from "./calls.mjs";
import * as routes from "./routes.mjs";
import * as neighbor from "./neighbor.mjs";
import { hasOpenSpans, recorded, recordReports } from "./recorder.mjs";

/** @param packages the namespaces of `ai`, `ai-spans`, `@ai-sdk/openai` and `zod` */
export async function run(packages) {
  const [, , way, scenario = "makeCalls"] = process.argv;
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(`${error?.name}: ${error?.message}`));

  if (!neighbor.registersOpenTelemetry) {
    const { registerOpenTelemetry } = await import("./opentelemetry.mjs");
    registerOpenTelemetry();
  }
  recordReports();
  await neighbor.start?.(packages);

  const provider = packages.openai.createOpenAI({ baseURL: process.env.MODEL_URL, apiKey: "none" });
  const model = provider.chat("gpt-4o-mini");
  const app = {
    ai: sdkOf(way, packages),
    z: packages.zod.z,
    provider,
    model: neighbor.wrapModel?.(model, packages) ?? model,
    parameters: neighbor.parameters ?? {},
    inSpan: neighbor.inSpan,
  };
  const program = await { ...calls, ...routes }[scenario](app);
  await settle();
  await neighbor.flush?.(packages);
  // Without process.exit(): what a neighbor sends when a process has nothing more to do is sent.
  console.log(JSON.stringify({ program: { ...program, unhandled }, ...recorded() }));
}

/**
 * The adapter learns that a stream was left when its result is collected. Also ends what a reader that left goes on with,
 * and callbacks that nobody waits for.
 */
async function settle() {
  for (let turns = 0; turns < 3 || (turns < 100 && hasOpenSpans()); turns++) {
    globalThis.gc();
    await sleep(10);
  }
}

/** @param way "wrapper", "adapter", or "without": the control, without ai-spans */
function sdkOf(way, { ai, aiSpans }) {
  const { options } = neighbor;
  const wrapWithAISpans = way === "wrapper" ? (sdk) => aiSpans.wrapAISDK(sdk, options) : (sdk) => sdk;
  if (way === "adapter") ai.registerTelemetry(aiSpans.createAISDKTelemetry(options));
  return neighbor.wrapSdk?.(ai, wrapWithAISpans) ?? wrapWithAISpans(ai);
}
