/** Finds content that other instrumentations record. */
import type { Check } from "../check.ts";

export const contentNextDoor: Check = {
  id: "content-next-door",
  lookedAt: "attribute keys of exported spans, and settings of Sentry",
  means:
    "ai-spans records no content, and another instrumentation in this process does: prompts, answers, or arguments and results of tools. The report has the keys of the attributes, never their values.",
  toDo: "docs/guide/beside.md has the setting of each instrumentation. For the SDK's own telemetry and `@ai-sdk/otel`: `recordInputs: false, recordOutputs: false`.",
  examine({ neighbors, exporters }) {
    const recording = neighbors.filter(({ recordsContent }) => recordsContent).map(({ name }) => name);
    const scopes = [...exporters.scopes].filter(([, { contentKeys }]) => contentKeys.size > 0);
    if (recording.length === 0 && scopes.length === 0) return undefined;
    const keys = [...new Set(scopes.flatMap(([, { contentKeys }]) => [...contentKeys]))].toSorted();
    const parts = [
      ...(scopes.length > 0
        ? [
            `spans of the instrumentation scopes ${scopes.map(([name]) => name).join(", ")} have ${keys.join(", ")}`,
          ]
        : []),
      ...(recording.length > 0 ? [`by its settings, ${recording.join(", ")} records content`] : []),
    ];
    return {
      found: parts.join("; "),
      details: { keys, scopes: scopes.map(([name]) => name), neighbors: recording },
    };
  },
};
