/**
 * Runs once in each runtime when the server starts, in Node.js and in the edge runtime: `@vercel/otel` registers the
 * OpenTelemetry SDK, which traces the requests of Next.js and every `fetch`.
 */
import { registerOTel } from "@vercel/otel";

export function register(): void {
  registerOTel({ serviceName: "bookings" });
}
