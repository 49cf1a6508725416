/** Names failures of exports and requests by codes, and counts them. An error's message is compared, and never reported. */
import { isString, readProperty } from "../foundation/structure.ts";

/** An HTTP status, the code of a Node error, `timeout`, or the error's class. */
export function failureCode(error: unknown): string {
  const code = readProperty(error, "code");
  if (typeof code === "number") return String(code);
  if (isString(code) && /^[A-Z][A-Z0-9_]{1,31}$/.test(code)) return code;
  if (isTimeout(error)) return "timeout";
  const name = readProperty(error, "name");
  return isString(name) && /^\w{1,64}$/.test(name) ? name : "an error without a name";
}

/** OpenTelemetry's exporters have one message for it (`http-transport-utils.ts`, 0.223), and no code. */
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
