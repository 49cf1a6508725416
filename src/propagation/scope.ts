/** The instrumentation scope of ai-spans, whose spans this entry adds to. The same as the root entry's. */
export const SCOPE_NAME = "ai-spans";
export const SCOPE_VERSION = "0.1.0";
