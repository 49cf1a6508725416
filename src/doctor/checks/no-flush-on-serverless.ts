/** Finds a serverless function that does not flush. */
import { counted, type Check } from "../check.ts";

export const noFlushOnServerless: Check = {
  id: "no-flush-on-serverless",
  lookedAt:
    "environment variables of serverless platforms, invocations of `ai-spans/serverless`, and calls of `forceFlush`",
  means:
    "A serverless function freezes after its answer. Spans that wait for a batch are sent late or never.",
  toDo: "Wrap the handler with `flushHandler`, or its work with `flushAfter`, of `ai-spans/serverless`: docs/guide/serverless.md.",
  examine({ platform, exporters, ledger: { outsideInvocations } }) {
    if (platform === undefined || outsideInvocations === 0 || exporters.flushes > 0) return undefined;
    return {
      found: `on ${platform}, ${counted(outsideInvocations, "run")} outside of an invocation that flushes, and no call of forceFlush`,
      details: { platform, runs: outsideInvocations },
    };
  },
};
