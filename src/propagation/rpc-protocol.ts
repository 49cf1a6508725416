/**
 * The protocol between the two ends of a traced RPC call. A wrapped receiver has one extra method, with a name that no
 * application uses. Called without arguments, the method returns the version of the protocol. If the receiver does not
 * have the method, the runtime throws an error.
 */
import { contain } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";

export const RPC_METHOD = "__aiSpansRpc";
export const RPC_VERSION = 1;

/**
 * Whether the runtime threw the error because the receiver does not have our method. If so, the application's method
 * has not run.
 */
export function isMissingMethod(error: unknown): boolean {
  // Only the message is compared, because an error of another realm has another class.
  const message = contain("rpc error", () => asRecord(error)?.message);
  return isString(message) && message.includes(`"${RPC_METHOD}"`);
}
