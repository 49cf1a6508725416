/** @returns the variables by which the packages of vendors send to a local server, as their documentation states them */
export function vendorEnvironment(url: string): Record<string, string> {
  return {
    LANGFUSE_BASE_URL: url,
    LANGFUSE_PUBLIC_KEY: "none",
    LANGFUSE_SECRET_KEY: "none",
    LANGSMITH_TRACING: "true",
    LANGSMITH_ENDPOINT: url,
    LANGSMITH_API_KEY: "none",
    TRACELOOP_BASE_URL: url,
    TRACELOOP_API_KEY: "none",
  };
}
