/** Finds calls that are not traced, in a program that has traced calls too. */
import { counted, type Check } from "../check.ts";
import type { ProcessFacts } from "../facts.ts";

export const callsPastWrapper: Check = {
  id: "calls-past-wrapper",
  lookedAt: "calls of the AI SDK, and calls that ai-spans has traced",
  means:
    "Some calls have no spans. A file imports the functions from `ai` itself, or the agent class of the SDK that is not wrapped, or a bundle has an SDK of its own. On AI SDK 7 a call with `telemetry.integrations` of its own has no adapter.",
  toDo: "Import the functions and agent classes from the one file of your program that calls `wrapAISDK`. Wrap an agent of another file with `wrapAgent`. In a bundle, wrap the SDK inside the bundle.",
  examine(facts) {
    const { ledger, callsOfV7, callsOfOlder = 0 } = facts;
    // If none of these is true, AI SDK 7 is not traced at all. The check `adapter-not-registered` reports that.
    const isV7Traced =
      ledger.wrappedCalls > 0 ||
      ledger.adapterRuns > 0 ||
      facts.adaptersRegistered > 0 ||
      ledger.wrappings.some(({ kind }) => kind === "wrapper");
    const wrapped = ledger.wrappedCalls - facts.wrappedCallsOfV7;
    const past = Math.max(0, callsOfOlder - wrapped) + (isV7Traced ? facts.untracedCalls : 0);
    const all = callsOfOlder + callsOfV7;
    if (past > 0)
      return {
        found: `${past} of ${counted(all, "call")} of the AI SDK went past ai-spans (${describeSDKs(facts)})`,
        details: { past, calls: all },
      };
    const reason = whyUncounted(facts, wrapped);
    return reason === undefined ? undefined : { unknown: reason };
  },
};

/** @param wrapped how many calls of a wrapped SDK of version 5 or 6 there were */
function whyUncounted(
  { sdks, isPreloaded, callsOfOlder }: ProcessFacts,
  wrapped: number,
): string | undefined {
  if (!sdks) return "the runtime does not list its scripts, so it is not known which AI SDKs are loaded";
  const older = sdks.filter(({ major }) => major !== 7);
  if (older.length === 0) return undefined;
  if (!isPreloaded) return "calls of AI SDK 5 and 6 are counted only with node --import ai-spans/doctor";
  if (callsOfOlder === undefined)
    return "V8's counts are in use by another tool (NODE_V8_COVERAGE, a debugger)";
  // V8 counts by function name, so functions that a bundler has renamed are not counted.
  const isHidden = older.some(({ isBundled }) => isBundled) && callsOfOlder < Math.max(1, wrapped);
  return isHidden ? "a bundle has AI SDK 5 or 6, and its calls cannot be counted" : undefined;
}

function describeSDKs({ sdks = [] }: ProcessFacts): string {
  const described = sdks.map(({ version, isBundled }) => (isBundled ? "a bundle" : `ai ${version}`));
  return described.length > 0 ? described.join(", ") : "ai";
}
