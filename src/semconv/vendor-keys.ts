/**
 * Our own attribute keys, all below one prefix that the caller may replace. Resolved once per wrapper.
 */
export const DEFAULT_NAMESPACE = "ai_spans";

/** Metadata keys that are part of the contract; every other key goes below `metadata.`. */
const TURN_KEYS: Readonly<Record<string, string>> = {
  requestId: "request_id",
  trigger: "trigger",
  admission: "admission",
  channel: "channel",
  continuation: "continuation",
  generation: "generation",
};

export interface VendorKeys {
  readonly canceled: string;
  readonly cancelCause: string;
  readonly retryCount: string;
  readonly turn: (key: string) => string;
}

export function vendorKeys(namespace: string): VendorKeys {
  return {
    canceled: `${namespace}.canceled`,
    cancelCause: `${namespace}.cancel.cause`,
    retryCount: `${namespace}.retry.count`,
    turn: (key) =>
      Object.hasOwn(TURN_KEYS, key) ? `${namespace}.turn.${TURN_KEYS[key]}` : `${namespace}.metadata.${key}`,
  };
}
