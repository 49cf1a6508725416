/**
 * Tells our telemetry adapters from other integrations of the AI SDK, in any copy of this package and in a copy that
 * somebody made of one (`{ ...adapter }`).
 */
import { readProperty } from "../foundation/structure.ts";

export const ADAPTER_BRAND: unique symbol = Symbol.for("ai-spans.adapter");

export function isAdapter(integration: unknown): boolean {
  return readProperty(integration, ADAPTER_BRAND) === true;
}
