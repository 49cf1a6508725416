/**
 * Our own attribute keys, all below one prefix that the caller may replace, and where the caller's metadata goes.
 * Resolved once per wrapper.
 */
import { ATTR_USER_ID } from "./attributes.ts";

export const DEFAULT_NAMESPACE = "ai_spans";

/** Metadata keys that are part of the contract; every other key goes below `metadata.`. */
const TURN_KEYS: ReadonlyMap<string, string> = new Map([
  ["requestId", "request_id"],
  ...["trigger", "admission", "channel", "continuation", "generation"].map((key): [string, string] => [key, key]),
]);

export interface VendorKeys {
  readonly canceled: string;
  readonly cancelCause: string;
  readonly retryCount: string;
  /** The attribute key of a metadata key. */
  readonly metadata: (key: string) => string;
}

export function vendorKeys(namespace: string): VendorKeys {
  return {
    canceled: `${namespace}.canceled`,
    cancelCause: `${namespace}.cancel.cause`,
    retryCount: `${namespace}.retry.count`,
    metadata: (key) => {
      if (key === "userId") return ATTR_USER_ID;
      const turnKey = TURN_KEYS.get(key);
      return turnKey === undefined ? `${namespace}.metadata.${key}` : `${namespace}.turn.${turnKey}`;
    },
  };
}
