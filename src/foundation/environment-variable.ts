/**
 * Reads variables of the environment, on runtimes that have one.
 */
import { contain } from "./containment.ts";
import { asRecord, stringOf } from "./structure.ts";

/** @returns `undefined` where the variable is not set, or is empty, as OpenTelemetry's rules have it */
export function readVariable(name: string): string | undefined {
  return contain("environment", () => {
    const environment = asRecord(asRecord(asRecord(globalThis)?.process)?.env);
    return stringOf(stringOf(environment?.[name])?.trim());
  });
}
