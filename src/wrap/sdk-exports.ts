/**
 * Recognizes the module of the AI SDK, because another package may have its name: a fork, a workspace package, a stub of a
 * test.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";

/** Exports that every release has, from 5.0.0 on, and that belong to no other package together. */
const NAMES = ["generateText", "streamText", "jsonSchema", "AISDKError"] as const;

/** @returns `false` for a module that must stay as it is */
export function isSDKModule(module: unknown): boolean {
  const exports = asRecord(module);
  return contain("module", () => NAMES.every((name) => isFunction(exports?.[name]))) === true;
}
