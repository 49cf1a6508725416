/**
 * Warnings of the register entry. It runs before the program can register a logger with `diag`, so a warning is then one
 * of the process, which Node prints to standard error.
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { hasLogger } from "../spans/registration.ts";

const noticed = new Set<string>();

/** Writes one warning per message and process. */
export function notice(message: string): void {
  if (hasLogger()) return warnOnce(message);
  if (noticed.has(message)) return undefined;
  noticed.add(message);
  return contain("warning", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    const emitWarning = process?.emitWarning;
    if (isFunction(emitWarning)) Reflect.apply(emitWarning, process, [`ai-spans: ${message}`]);
  });
}
