/**
 * Next.js calls `register` once in each runtime (Node.js and edge) when the server starts. `@vercel/otel` registers the
 * OpenTelemetry SDK, which traces the requests of Next.js and every `fetch`.
 */
import { registerOTel } from "@vercel/otel";

export function register(): void {
  registerOTel({ serviceName: "bookings" });
}
