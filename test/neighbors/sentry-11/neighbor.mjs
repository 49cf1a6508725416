// What an application writes for Sentry, after `--import @sentry/node/import`. SENTRY_VARIANT chooses the variant.
import { setTimeout as sleep } from "node:timers/promises";
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

/**
 * Below Node 24.13 Sentry's loader has a thread of its own, whose message says that AI SDK 5 or 6 is loaded. Only then
 * Sentry observes its calls, so a first call that comes earlier has no span of Sentry.
 */
export async function start({ ai }) {
  const { runtime } = globalThis.__SENTRY_ORCHESTRION__;
  while (!ai.registerTelemetry && !runtime.includes("ai")) await sleep(5);
}

export const flush = async () => void (await Sentry.flush());

export const inSpan = (work) => Sentry.startSpan({ name: "request" }, work);
