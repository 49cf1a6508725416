/**
 * A mark by which our telemetry adapters are recognized among the integrations of the AI SDK. The mark is the same
 * symbol in every copy of ai-spans. A spread copy of an adapter (`{ ...adapter }`) has it too.
 */
import { readProperty } from "../foundation/structure.ts";

export const ADAPTER_BRAND: unique symbol = Symbol.for("ai-spans.adapter");

export function isAdapter(integration: unknown): boolean {
  return readProperty(integration, ADAPTER_BRAND) === true;
}
