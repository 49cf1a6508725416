/**
 * The SDK functions that are wrapped, and how each gives its result. Data only.
 */

/**
 * The property of a streamed result that shows how it is read: the stream that is teed for each reader or, of a result
 * that can be read once by one consumer (v7), a promise that starts no consumption. Empty: the result is a promise.
 */
export type ResultSource = "baseStream" | "finishReason" | "";

export const OPERATIONS: ReadonlyMap<string, ResultSource> = new Map<string, ResultSource>([
  ["generateText", ""],
  ["streamText", "baseStream"],
  ["experimental_streamTextLowMemory", "finishReason"],
]);

export const OPERATION_NAMES: readonly string[] = [...OPERATIONS.keys()];
