/**
 * The SDK functions that are wrapped, and how each gives its result. Data only.
 */
/** `single-reader`: a stream that can be read once, by one consumer (v7). */
export type ResultKind = "promise" | "stream" | "single-reader";

const OPERATIONS: ReadonlyMap<PropertyKey, ResultKind> = new Map<PropertyKey, ResultKind>([
  ["generateText", "promise"],
  ["streamText", "stream"],
  ["experimental_streamTextLowMemory", "single-reader"],
]);

export function operationKind(name: PropertyKey): ResultKind | undefined {
  return OPERATIONS.get(name);
}

export function operationNames(): string[] {
  return [...OPERATIONS.keys()].map(String);
}
