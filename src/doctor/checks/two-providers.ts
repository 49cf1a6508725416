/** Finds one SDK with several tracer providers. */
import { counted, type Check } from "../check.ts";

export const twoProviders: Check = {
  id: "two-providers",
  lookedAt: "the tracer providers in the options of wrappers and adapters",
  means:
    "Calls of one SDK are recorded by different providers, so one trace is divided between two backends. A wrapped SDK that is wrapped again keeps the provider of the first.",
  toDo: "Call `wrapAISDK` once, in one file, with the provider that you want. Give the adapter the same provider.",
  examine({ ledger: { wrappings } }) {
    const bySDK = new Map<number, Set<number>>();
    for (const { sdk, provider } of wrappings) {
      bySDK.set(sdk, (bySDK.get(sdk) ?? new Set()).add(provider));
    }
    // An adapter traces every SDK of the process, so its provider counts for each SDK.
    const ofAdapters = bySDK.get(0) ?? new Set();
    const counts = [...bySDK.values()].map((providers) => new Set([...providers, ...ofAdapters]).size);
    const most = Math.max(0, ...counts);
    if (most < 2) return undefined;
    return {
      found: `one SDK was wrapped with ${counted(most, "tracer provider")}`,
      details: { providers: most, wrappings: wrappings.length },
    };
  },
};
