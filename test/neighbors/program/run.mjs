// What the program does once its packages are loaded: sets OpenTelemetry up, and in each way calls, waits for the neighbor
// to send what it has, prints. `neighbor.mjs` beside it says what an application has to write for this neighbor.
import { once } from "node:events";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import * as calls from "./calls.mjs";
import * as routes from "./routes.mjs";
import * as neighbor from "./neighbor.mjs";
import { hasOpenSpans, recordReports, takeReports, takeSpans } from "./recorder.mjs";

/** @param packages the namespaces of `ai`, `ai-spans`, `@ai-sdk/openai` and `zod` */
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
    // Without process.exit(): what a neighbor sends when a process has nothing more to do is sent.
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

/** What the neighbor sends from here on is of the next way. */
async function endWay() {
  const [response] = await once(request(`${process.env.RECEIVER_URL}/end-of-way`).end(), "response");
  response.resume();
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

/**
 * @param way "without": the control, without ai-spans; "wrapper", inside the neighbor's, if that wraps the SDK too;
 *   "outer wrapper", around the neighbor's; "adapter", which no later way is without
 */
function sdkOf(way, { ai, aiSpans }) {
  const { options } = neighbor;
  const isWrapped = way === "wrapper" || way === "outer wrapper";
  const wrapWithAISpans = isWrapped ? (sdk) => aiSpans.wrapAISDK(sdk, options) : (sdk) => sdk;
  if (way === "adapter") ai.registerTelemetry(aiSpans.createAISDKTelemetry(options));
  const wrap = neighbor.wrapSdk ?? ((sdk) => sdk);
  return way === "outer wrapper" ? wrapWithAISpans(wrap(ai)) : wrap(wrapWithAISpans(ai));
}
