/** Finds spans that other code has ended. */
import { counted, type Check } from "../check.ts";

export const spansEndedByOthers: Check = {
  id: "ended-by-others",
  lookedAt: "whether spans of ai-spans still record when their work is over",
  means:
    "Other code has ended spans of ai-spans. Such a span has no outcome and no tokens. `@vercel/otel` ends all open spans of a trace with its root.",
  toDo: 'Give ai-spans a tracer provider of its own, with the option `tracerProvider`: docs/guide/beside.md, "A tracer provider of its own".',
  examine({ ledger: { endedByOthers } }) {
    if (endedByOthers === 0) return undefined;
    return {
      found: `${counted(endedByOthers, "span")} ended before the work was over`,
      details: { spans: endedByOthers },
    };
  },
};
