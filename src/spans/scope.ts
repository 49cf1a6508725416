/** The instrumentation scope of every span of ours, whichever entry starts it. */
export const SCOPE_NAME = "ai-spans";
export const SCOPE_VERSION = "0.1.0";
