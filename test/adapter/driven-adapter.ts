/**
 * An adapter whose callbacks the test itself calls, as the SDK would.
 */
import { createAISDKTelemetry } from "ai-spans";

export type DrivenAdapter = Required<ReturnType<typeof createAISDKTelemetry>>;

/** The types say that a callback may be missing, but each is there as long as a provider is registered. */
export function createDrivenAdapter(...options: Parameters<typeof createAISDKTelemetry>): DrivenAdapter {
  return createAISDKTelemetry(...options) as DrivenAdapter;
}
