/** Finds content that other instrumentations record. */
import type { Check } from "../check.ts";

export const contentNextDoor: Check = {
  id: "content-next-door",
  lookedAt: "attribute keys of ended spans, and of Sentry's spans",
  means:
    "ai-spans records no content, and another instrumentation in this process does: prompts, answers, or arguments and results of tools. The report has the keys of the attributes, never their values.",
  toDo: "docs/guide/beside.md has the setting of each instrumentation. For the SDK's own telemetry and `@ai-sdk/otel`: `recordInputs: false, recordOutputs: false`.",
  examine({ scopes: byName }) {
    const scopes = [...byName].filter(([, { contentKeys }]) => contentKeys.size > 0);
    if (scopes.length === 0) return undefined;
    const names = scopes.map(([name]) => name);
    const keys = [...new Set(scopes.flatMap(([, { contentKeys }]) => [...contentKeys]))].toSorted();
    return {
      found: `spans of the instrumentation scopes ${names.join(", ")} have ${keys.join(", ")}`,
      details: { keys, scopes: names },
    };
  },
};
