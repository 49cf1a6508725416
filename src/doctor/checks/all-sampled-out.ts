/** Finds a sampler that drops every span. */
import { counted, type Check } from "../check.ts";

export const allSampledOut: Check = {
  id: "all-sampled-out",
  lookedAt: "the decisions of the sampler on spans of ai-spans",
  means: "The provider works, and its sampler drops every span. No processor and no exporter gets them.",
  toDo: "Look at the sampler: `OTEL_TRACES_SAMPLER`, or the option `sampler` of the provider. A sampler that follows the parent drops each run of a request that is not sampled.",
  examine({ ledger: { counts, withoutProvider } }) {
    const recorded = counts.started - counts.sampledOut - withoutProvider;
    if (counts.sampledOut === 0 || recorded > 0) return undefined;
    return {
      found: `the sampler dropped each of ${counted(counts.sampledOut, "span")}`,
      details: { sampledOut: counts.sampledOut },
    };
  },
};
