/**
 * Where a model's requests go, as far as the model says: the provider packages keep the base URL of their API with the
 * configuration they were given. Reads that one string and nothing beside it; runs no function and no getter.
 */
import type { ModelServer } from "../semconv/records.ts";
import { isRecord, isString } from "./guards.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

export function readServer(model: unknown): ModelServer | undefined {
  try {
    const baseURL = dataOf(dataOf(model, "config"), "baseURL");
    if (!isString(baseURL)) return undefined;
    const { hostname, port, protocol } = new URL(baseURL);
    return {
      // Brackets belong to the URL of an IPv6 address, not to the address.
      serverAddress: hostname.replaceAll(/^\[|\]$/g, "") || undefined,
      serverPort: Number(port) || DEFAULT_PORTS[protocol],
    };
  } catch {
    // No URL, relative to something we do not know; or a Proxy that refuses.
    return undefined;
  }
}

/** An own property that is data, for a getter may do anything. */
function dataOf(value: unknown, key: string): unknown {
  return isRecord(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}
