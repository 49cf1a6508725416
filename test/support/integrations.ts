/**
 * The integrations registered with the AI SDK (v7), for one test at a time: the SDK itself can only add to them.
 */
import { registerTelemetry, type Telemetry } from "ai";

/** These and no others. */
export function registerIntegrations(...integrations: readonly Telemetry[]): void {
  globalThis.AI_SDK_TELEMETRY_INTEGRATIONS = [];
  registerTelemetry(...integrations);
}
