/** Recognizes the runtime of Cloudflare Workers, which stops invocations and not processes. */
import { contain } from "./containment.ts";
import { asRecord } from "./structure.ts";

/** Whether this code runs in a Cloudflare Worker, with any compatibility flags. */
export function isWorkersRuntime(): boolean {
  const userAgent = contain("runtime", () => asRecord(asRecord(globalThis)?.navigator)?.userAgent);
  return userAgent === "Cloudflare-Workers";
}
