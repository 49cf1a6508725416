/** Whether ai-spans needs no registered tracer provider, because the options of every wrapper and adapter have one. */
import type { LedgerFacts } from "./ledger.ts";

export function everyWrappingHasProvider({ wrappings }: LedgerFacts): boolean {
  return wrappings.length > 0 && wrappings.every(({ provider }) => provider !== 0);
}
