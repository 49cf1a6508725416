/** Finds spans that have lost attributes to a limit. */
import { counted, type Check } from "../check.ts";

export const spanLimit: Check = {
  id: "span-limit",
  lookedAt: "attributes that the limits of the tracer provider have dropped or cut",
  means:
    "Spans have lost attributes. ai-spans sets its own attributes before your metadata, so metadata is lost first.",
  toDo: "Raise `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` and `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, or `spanLimits` of the provider. OpenTelemetry's defaults are 128 attributes and no limit of length.",
  examine({ ledger: { limited } }) {
    if (limited === 0) return undefined;
    return { found: `${counted(limited, "span")} lost attributes to a limit`, details: { spans: limited } };
  },
};
