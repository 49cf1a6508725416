/**
 * The SDK functions that are wrapped, and how each gives its result. Data only.
 */
export type ResultKind = "promise" | "stream";

const OPERATIONS: ReadonlyMap<PropertyKey, ResultKind> = new Map<PropertyKey, ResultKind>([
  ["generateText", "promise"],
  ["streamText", "stream"],
]);

export function operationKind(name: PropertyKey): ResultKind | undefined {
  return OPERATIONS.get(name);
}

export function operationNames(): string[] {
  return [...OPERATIONS.keys()].map(String);
}
