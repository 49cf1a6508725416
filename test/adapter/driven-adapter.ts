/**
 * An adapter whose callbacks a test calls itself, as the SDK would.
 */
import { createAISDKTelemetry } from "ai-spans";

export type DrivenAdapter = Required<ReturnType<typeof createAISDKTelemetry>>;

/** The callbacks are there as long as a provider is registered. */
export function createDrivenAdapter(...options: Parameters<typeof createAISDKTelemetry>): DrivenAdapter {
  return createAISDKTelemetry(...options) as DrivenAdapter;
}
