/** The name and version of our instrumentation scope. All entries use the same. */
export const INSTRUMENTATION_SCOPE_NAME = "ai-spans";
export const INSTRUMENTATION_SCOPE_VERSION = "0.1.0";
