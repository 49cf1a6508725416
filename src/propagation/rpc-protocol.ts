/**
 * What the two ends of a traced RPC say to each other: one method, of a name that no application has. Asked without
 * arguments it says that it is there, which a receiver without it answers for the runtime.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";

export const RPC_METHOD = "__aiSpansRpc";
export const RPC_VERSION = 1;

/** The runtime's words for a method that a receiver does not have; the application's method has not run then. */
export function isMissingMethod(error: unknown): boolean {
  // By its message alone: an error may come from another realm.
  const message = contain("rpc error", () => asRecord(error)?.message);
  return isString(message) && message.includes(`"${RPC_METHOD}"`);
}
