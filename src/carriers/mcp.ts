/**
 * The `_meta` of the Model Context Protocol, whose fields `traceparent`, `tracestate` and `baggage` are reserved for
 * trace context; and what a server's handler gets beside it, the headers of the HTTP request (`extra.requestInfo`).
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { hasMethods, headersAccess } from "./headers.ts";
import { nestedAccess, recordAccess, TRACE_FIELDS } from "./record.ts";

const meta = nestedAccess("_meta", recordAccess);

/** A record of them (version 1 of the protocol's SDK), or `Headers`. */
function httpHeaders(carrier: unknown): readonly [CarrierAccess, unknown] {
  const headers = asRecord(asRecord(carrier)?.requestInfo)?.headers;
  return [hasMethods(headers, "get", "keys") ? headersAccess : recordAccess, headers];
}

const access: CarrierAccess = {
  ...meta,
  get: (carrier, key) => {
    const value = meta.get(carrier, key);
    if (value !== undefined) return value;
    // A trace in `_meta` takes no field of another one.
    const isOfTrace =
      key !== "baggage" && TRACE_FIELDS.some((field) => meta.get(carrier, field) !== undefined);
    const [http, headers] = httpHeaders(carrier);
    return isOfTrace ? undefined : http.get(headers, key);
  },
  keys: (carrier) => {
    const [http, headers] = httpHeaders(carrier);
    return [...new Set([...meta.keys(carrier), ...http.keys(headers)])];
  },
};

/** Takes the parameters of a request (`callTool`'s first argument), or a handler's `extra`. */
export const mcpParameters = carrierPair("mcp parameters", access);

/** Takes a whole request or notification. */
export const mcpRequest = carrierPair("mcp request", nestedAccess("params", meta));

export function hasMcpMeta(source: unknown): boolean {
  return isRecord(asRecord(source)?._meta);
}

/** What a server's handler gets for a request that has no `_meta`. */
export function hasRequestInfo(source: unknown): boolean {
  return isRecord(asRecord(asRecord(source)?.requestInfo)?.headers);
}
