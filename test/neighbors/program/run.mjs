// Runs the program after its packages are loaded. It sets OpenTelemetry up. In each way it makes the calls, flushes the
// neighbor, and prints the result. `neighbor.mjs` has what an application writes for the neighbor.
import { once } from "node:events";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import * as calls from "./calls.mjs";
import * as routes from "./routes.mjs";
import * as neighbor from "./neighbor.mjs";
import { hasOpenSpans, recordReports, takeReports, takeSpans } from "./recorder.mjs";

/** @param packages the modules `ai`, `ai-spans`, `@ai-sdk/openai` and `zod` */
export async function run(packages) {
  const [, , ways, scenario = "makeCalls"] = process.argv;
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(`${error?.name}: ${error?.message}`));

  if (!neighbor.registersOpenTelemetry) {
    const { registerOpenTelemetry } = await import("./opentelemetry.mjs");
    registerOpenTelemetry();
  }
  recordReports();
  await neighbor.start?.(packages);
  const firstReports = takeReports();

  for (const [index, way] of ways.split(",").entries()) {
    if (index > 0) await endWay();
    const program = await { ...calls, ...routes }[scenario](appOf(way, packages));
    await settle();
    await neighbor.flush?.(packages);
    // The process exits by itself, so that a neighbor can still send its spans.
    console.log(
      JSON.stringify({
        program: { ...program, unhandled: unhandled.splice(0) },
        spans: takeSpans(),
        reports: [...firstReports, ...takeReports()],
      }),
    );
  }
}

function appOf(way, packages) {
  const provider = packages.openai.createOpenAI({ baseURL: process.env.MODEL_URL, apiKey: "none" });
  const model = provider.chat("gpt-4o-mini");
  return {
    ai: sdkOf(way, packages),
    z: packages.zod.z,
    provider,
    model: neighbor.wrapModel?.(model, packages) ?? model,
    parameters: neighbor.parameters ?? {},
    inSpan: neighbor.inSpan,
  };
}

/** Marks for the receiver that later requests belong to the next way. */
async function endWay() {
  const [response] = await once(request(`${process.env.RECEIVER_URL}/end-of-way`).end(), "response");
  response.resume();
}

/**
 * Waits for open spans and collects garbage, because the adapter ends a left stream only when its result is collected.
 * Meanwhile the SDK may read on, and callbacks may run.
 */
async function settle() {
  for (let turns = 0; turns < 3 || (turns < 100 && hasOpenSpans()); turns++) {
    globalThis.gc();
    await sleep(10);
  }
}

/**
 * @param way "without" is the control, without ai-spans. "wrapper" wraps the SDK before the neighbor does.
 * "outer wrapper" wraps it after the neighbor. "adapter" stays registered, so it must be the last way.
 */
function sdkOf(way, { ai, aiSpans }) {
  const { options } = neighbor;
  const isWrapped = way === "wrapper" || way === "outer wrapper";
  const wrapWithAISpans = isWrapped ? (sdk) => aiSpans.wrapAISDK(sdk, options) : (sdk) => sdk;
  if (way === "adapter") ai.registerTelemetry(aiSpans.createAISDKTelemetry(options));
  const wrap = neighbor.wrapSdk ?? ((sdk) => sdk);
  return way === "outer wrapper" ? wrapWithAISpans(wrap(ai)) : wrap(wrapWithAISpans(ai));
}
