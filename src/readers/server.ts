/**
 * Where a model's requests go, as far as the model says: the provider packages keep the base URL of their API with the
 * configuration they were given. Reads that one string and nothing beside it; runs no function and no getter.
 */
import type { ModelServer } from "../semconv/records.ts";
import { isString, ownData } from "../foundation/structure.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Longer ones are no address of a server. */
const LONGEST_URL = 2_048;

/** The last base URL read: nearly always the next one too, and taking one apart costs more than a span. */
let known: { readonly baseURL: string; readonly server: ModelServer } | undefined;

export function readServer(model: unknown): ModelServer | undefined {
  try {
    const baseURL = ownData(ownData(model, "config"), "baseURL");
    if (!isString(baseURL) || baseURL.length > LONGEST_URL) return undefined;
    if (known?.baseURL !== baseURL) known = { baseURL, server: serverOf(new URL(baseURL)) };
    return known.server;
  } catch {
    // No URL, relative to something we do not know; or a Proxy that refuses.
    return undefined;
  }
}

function serverOf({ hostname, port, protocol }: URL): ModelServer {
  return {
    // Brackets belong to the URL of an IPv6 address, not to the address.
    serverAddress: hostname.replaceAll(/^\[|\]$/g, "") || undefined,
    serverPort: Number(port) || DEFAULT_PORTS[protocol],
  };
}
