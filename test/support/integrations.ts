/**
 * Sets the integrations that are registered with the AI SDK (v7), for one test at a time. The SDK itself can only add
 * integrations.
 */
import { registerTelemetry, type Telemetry } from "ai";

/** Registers these integrations and removes all others. */
export function registerIntegrations(...integrations: readonly Telemetry[]): void {
  globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = [];
  registerTelemetry(...integrations);
}
