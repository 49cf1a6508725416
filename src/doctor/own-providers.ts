/** Whether ai-spans needs no registered tracer provider, because each wrapper and adapter has one in its options. */
import type { LedgerFacts } from "./ledger.ts";

export function hasOwnProviders({ wrappings }: LedgerFacts): boolean {
  return wrappings.length > 0 && wrappings.every(({ provider }) => provider !== 0);
}
