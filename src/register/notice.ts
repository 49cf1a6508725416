/**
 * Writes warnings of the register entry. The entry runs before the program can register a logger with `diag`. Until
 * then, Node prints the warning to standard error (`process.emitWarning`).
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { hasLogger } from "../spans/registration.ts";

const noticed = new Set<string>();

/** Writes each message once per process. */
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
