/** Finds an adapter beside AI SDK 5 or 6. */
import type { Check } from "../check.ts";

export const adapterWithoutV7: Check = {
  id: "adapter-without-v7",
  lookedAt: "the versions of the AI SDK in the process, and adapters",
  means: "The adapter is for AI SDK 7. Versions 5 and 6 do not report their calls to it.",
  toDo: "Use `wrapAISDK(ai)`, which traces 5, 6 and 7.",
  examine({ ledger, adaptersRegistered, sdks }) {
    const isRegistered = adaptersRegistered > 0 && !ledger.hasInstrumentation;
    if (!isRegistered && !ledger.wrappings.some(({ kind }) => kind === "adapter")) return undefined;
    if (!sdks) return { unknown: "the runtime does not list its scripts" };
    const versions = sdks.map(({ version = "in a bundle" }) => version);
    if (sdks.length === 0 || sdks.some(({ major }) => major === 7 || major === undefined)) return undefined;
    return {
      found: `there is an adapter, and the AI SDK of this process is ${versions.join(", ")}`,
      details: { versions },
    };
  },
};
