/**
 * Writes warnings of the register entry. The entry runs before the program can register a logger with `diag`. Until
 * then, Node prints the warning to standard error (`process.emitWarning`).
 */
import { contain, warnOnce } from "../foundation/containment.ts";
import { asRecord, isFunction } from "../foundation/structure.ts";
import { hasLogger } from "../spans/registration.ts";

const emitted = new Set<string>();

/** Writes each message once per process. */
export function emitWarning(message: string): void {
  if (hasLogger()) return warnOnce(message);
  if (emitted.has(message)) return undefined;
  emitted.add(message);
  return contain("warning", () => {
    const process = asRecord(asRecord(globalThis)?.process);
    const emitOfNode = process?.emitWarning;
    if (isFunction(emitOfNode)) Reflect.apply(emitOfNode, process, [`ai-spans: ${message}`]);
  });
}
