/**
 * Model Context Protocol. The fields `traceparent`, `tracestate` and `baggage` of `_meta` are reserved for the trace
 * context. A server's handler also gets the headers of the HTTP request, in `extra.requestInfo`.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { hasMethods, headersAccess } from "./headers.ts";
import { nestedAccess, recordAccess, TRACE_FIELDS } from "./record.ts";

const meta = nestedAccess("_meta", recordAccess);

/** The headers are a record (version 1 of the protocol's SDK) or `Headers`. */
function httpHeaders(carrier: unknown): readonly [CarrierAccess, unknown] {
  const headers = asRecord(asRecord(carrier)?.requestInfo)?.headers;
  return [hasMethods(headers, "get", "keys") ? headersAccess : recordAccess, headers];
}

const access: CarrierAccess = {
  ...meta,
  get: (carrier, key) => {
    const value = meta.get(carrier, key);
    if (value !== undefined) return value;
    // Where `_meta` has a trace, the headers may belong to another trace, so they are not read.
    const hasTraceInMeta =
      key !== "baggage" && TRACE_FIELDS.some((field) => meta.get(carrier, field) !== undefined);
    const [http, headers] = httpHeaders(carrier);
    return hasTraceInMeta ? undefined : http.get(headers, key);
  },
  keys: (carrier) => {
    const [http, headers] = httpHeaders(carrier);
    return [...new Set([...meta.keys(carrier), ...http.keys(headers)])];
  },
};

/** The carrier is the parameters of a request (`callTool`'s first argument), or a handler's `extra`. */
export const mcpParameters = carrierPair("mcp parameters", access);

/** The carrier is a whole request or notification. */
export const mcpRequest = carrierPair("mcp request", nestedAccess("params", meta));

export function hasMcpMeta(source: unknown): boolean {
  return isRecord(asRecord(source)?._meta);
}

/** The `extra` of a handler whose request has no `_meta`. */
export function hasRequestInfo(source: unknown): boolean {
  return isRecord(asRecord(asRecord(source)?.requestInfo)?.headers);
}
