/** Finds other instrumentations of the same calls. */
import type { Check } from "../check.ts";

export const tracedTwice: Check = {
  id: "traced-twice",
  lookedAt:
    "spans of other instrumentations that have token counts, integrations of AI SDK 7, dd-trace, Sentry",
  means:
    "Another instrumentation traces the same calls. A backend that gets both sets counts the tokens twice.",
  toDo: 'Choose one of the ways in docs/guide/beside.md, "Count tokens once". The first: sum only over the spans of the instrumentation scope `ai-spans`.',
  examine({ neighbors, scopes: byName }) {
    const scopes = [...byName].filter(([, { withTokens }]) => withTokens > 0).map(([name]) => name);
    if (scopes.length === 0 && neighbors.length === 0) return undefined;
    const parts = [
      ...(neighbors.length > 0 ? [`beside ai-spans: ${neighbors.join(", ")}`] : []),
      ...(scopes.length > 0
        ? [`spans with token counts of the instrumentation scopes ${scopes.join(", ")}`]
        : []),
    ];
    return { found: parts.join("; "), details: { neighbors, scopes } };
  },
};
