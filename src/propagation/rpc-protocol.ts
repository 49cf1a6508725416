/**
 * The protocol between the two ends of a traced RPC call: one extra method, with a name that no application has.
 * Called without arguments it returns its version. For a receiver without the method the runtime throws an error.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";

export const RPC_METHOD = "__aiSpansRpc";
export const RPC_VERSION = 1;

/**
 * Whether an error is the runtime's for a receiver without our method. Then the application's method has not run.
 */
export function isMissingMethod(error: unknown): boolean {
  // Compared by its message alone, because an error of another realm has another class.
  const message = contain("rpc error", () => asRecord(error)?.message);
  return isString(message) && message.includes(`"${RPC_METHOD}"`);
}
