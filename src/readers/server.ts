/**
 * Reads the server that a model sends its requests to. Provider packages keep the base URL of their API in the model's
 * configuration. Reads this one string, and runs no function and no getter.
 */
import type { ModelServer } from "../semconv/records.ts";
import { isString, readDataProperty } from "../foundation/structure.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** In UTF-16 units. A longer string is not parsed. */
const LONGEST_URL = 2_048;

/** The last base URL and its server. Most programs use one URL, and parsing it takes longer than starting a span. */
let cached: { readonly baseURL: string; readonly server: ModelServer } | undefined;

/** @returns `undefined` for a model without a base URL in its configuration */
export function readServer(model: unknown): ModelServer | undefined {
  try {
    const baseURL = readDataProperty(readDataProperty(model, "config"), "baseURL");
    if (!isString(baseURL) || baseURL.length > LONGEST_URL) return undefined;
    if (cached?.baseURL !== baseURL) cached = { baseURL, server: serverOf(new URL(baseURL)) };
    return cached.server;
  } catch {
    // A relative URL, a string that is no URL, or a Proxy whose trap throws.
    return undefined;
  }
}

function serverOf({ hostname, port, protocol }: URL): ModelServer {
  return {
    // The URL puts an IPv6 address into brackets, which are no part of the address.
    serverAddress: hostname.replaceAll(/^\[|\]$/g, "") || undefined,
    serverPort: Number(port) || DEFAULT_PORTS[protocol],
  };
}
