/**
 * Model Context Protocol. The protocol reserves the fields `traceparent`, `tracestate` and `baggage` of `_meta` for the
 * trace context. The handler of a server also gets the headers of the HTTP request, in `extra.requestInfo`.
 */
import { asRecord, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { hasMethods, headersAccess } from "./headers.ts";
import { nestedAccess, recordAccess, TRACE_FIELDS } from "./record.ts";

const meta = nestedAccess("_meta", recordAccess);

/**
 * The headers of the HTTP request, and how to read them. They are a record (version 1 of the protocol's SDK) or
 * `Headers`.
 */
function httpHeaders(carrier: unknown): readonly [CarrierAccess, unknown] {
  const headers = asRecord(asRecord(carrier)?.requestInfo)?.headers;
  return [hasMethods(headers, "get", "keys") ? headersAccess : recordAccess, headers];
}

const access: CarrierAccess = {
  ...meta,
  get: (carrier, key) => {
    const value = meta.get(carrier, key);
    if (value !== undefined) return value;
    // If `_meta` has a trace, the headers may have another trace. So their fields are not mixed with those of `_meta`.
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

/** The carrier is the parameters of a request (the first argument of `callTool`), or the `extra` of a handler. */
export const mcpParameters = carrierPair("mcp parameters", access);

/** The carrier is a whole request or notification. */
export const mcpRequest = carrierPair("mcp request", nestedAccess("params", meta));

export function hasMcpMeta(source: unknown): boolean {
  return isRecord(asRecord(source)?._meta);
}

/** Whether it is the `extra` of a handler whose request came over HTTP. */
export function hasRequestInfo(source: unknown): boolean {
  return isRecord(asRecord(asRecord(source)?.requestInfo)?.headers);
}
