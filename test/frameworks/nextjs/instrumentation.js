export async function register() {
  // The edge runtime cannot run OpenTelemetry's SDK for Node.
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./instrumentation-node.js");
}
