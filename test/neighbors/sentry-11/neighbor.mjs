// What an application writes for Sentry, after `--import @sentry/node/import`. SENTRY_VARIANT chooses the variant.
import * as Sentry from "@sentry/node";

const VARIANTS = {
  // A client that traces has the AI integration by default.
  defaults: {},
  explicit: { integrations: [Sentry.vercelAIIntegration({ recordInputs: false, recordOutputs: false })] },
  // Sentry's tracer provider is registered with OpenTelemetry, as it is by default under Next.js.
  provider: { enableOpenTelemetrySetup: true },
};
const variant = process.env.SENTRY_VARIANT;

Sentry.init({ dsn: process.env.SENTRY_URL, tracesSampleRate: 1, ...VARIANTS[variant] });

export const registersOpenTelemetry = variant === "provider";

export const flush = async () => void (await Sentry.flush());

export const inSpan = (work) => Sentry.startSpan({ name: "request" }, work);
