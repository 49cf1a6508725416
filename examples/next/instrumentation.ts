/**
 * Runs once when the server starts: registers the OpenTelemetry SDK, which reads its endpoint from
 * OTEL_EXPORTER_OTLP_ENDPOINT.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./telemetry")).registerTelemetry();
}
