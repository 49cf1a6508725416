/**
 * The attributes of `withTurn`, carried by the OpenTelemetry context. Reads nothing of the SDK.
 */
import { createContextKey, type Context } from "@opentelemetry/api";
import type { Scalar } from "../semconv/records.ts";
import { activeContext, runInContext } from "./context.ts";

type TurnAttributes = ReadonlyMap<string, Scalar>;

const TURN_KEY = createContextKey("ai-spans turn attributes");

/** The attributes of all enclosing turns; the innermost wins. */
export function turnAttributes(active: Context): TurnAttributes | undefined {
  // The key is private to this module: nobody else can have put another value there.
  return active.getValue(TURN_KEY) as TurnAttributes | undefined;
}

export function runInTurn<T>(attributes: TurnAttributes, work: () => T): T {
  const active = activeContext();
  // The innermost first: of a crowd of attributes the first are recorded.
  const merged = new Map(attributes);
  for (const [name, value] of turnAttributes(active) ?? []) if (!merged.has(name)) merged.set(name, value);
  return runInContext(active.setValue(TURN_KEY, merged), work);
}
