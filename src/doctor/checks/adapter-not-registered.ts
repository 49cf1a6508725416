/** Finds AI SDK 7 without an adapter and without a wrapper. */
import { counted, type Check } from "../check.ts";

export const adapterNotRegistered: Check = {
  id: "adapter-not-registered",
  lookedAt: "the integrations that are registered with AI SDK 7, and wrappers",
  means: "AI SDK 7 is used, and nothing traces it.",
  toDo: "`registerTelemetry(createAISDKTelemetry())`, or wrap the SDK with `wrapAISDK(ai)`. `createAISDKTelemetry()` alone registers nothing, and `registerTelemetry` needs its result, not the function.",
  examine({ ledger, adaptersRegistered, callsOfV7, sdks = [], isPreloaded }) {
    const adapters = ledger.wrappings.filter(({ kind }) => kind === "adapter").length;
    const isTraced = adaptersRegistered > 0 || ledger.wrappedCalls > 0 || ledger.wrappings.length > adapters;
    if (isTraced) return undefined;
    const isUsed = callsOfV7 > 0 || (adapters > 0 && sdks.some(({ major }) => major === 7));
    if (!isUsed) return undefined;
    if (!isPreloaded && callsOfV7 === 0 && adapters === 0)
      return { unknown: "the doctor was loaded after the program" };
    return {
      found: `${counted(callsOfV7, "call")} of AI SDK 7, ${counted(adapters, "adapter")} created, none registered, no wrapper`,
      details: { calls: callsOfV7, adaptersCreated: adapters },
    };
  },
};
