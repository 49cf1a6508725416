/**
 * Reduces the errors of exports and requests to codes, and counts the codes. An error's message may be compared with
 * known texts, but is never reported.
 */
import { isString, readProperty } from "../foundation/structure.ts";

/** @returns an HTTP status, the code of a Node error, `timeout`, or the error's class */
export function failureCode(error: unknown): string {
  const code = readProperty(error, "code");
  if (typeof code === "number") return String(code);
  if (isString(code) && /^[A-Z][A-Z0-9_]{1,31}$/.test(code)) return code;
  if (isTimeout(error)) return "timeout";
  const name = readProperty(error, "name");
  return isString(name) && /^\w{1,64}$/.test(name) ? name : "an error without a name";
}

/**
 * OpenTelemetry's exporters set no code for a timeout, but always the same message (`http-transport-utils.ts`, 0.223).
 */
function isTimeout(error: unknown): boolean {
  const message = readProperty(error, "message");
  return (
    readProperty(error, "name") === "TimeoutError" ||
    (isString(message) && /^request timed out$|^timeout$/i.test(message))
  );
}

export function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
