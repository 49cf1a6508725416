/**
 * The `_meta` of the Model Context Protocol, whose fields `traceparent`, `tracestate` and `baggage` are reserved for
 * trace context.
 */
import { asRecord, isRecord } from "../readers/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const access = nestedAccess("_meta", recordAccess);

/** Takes the parameters of a request (`callTool`'s first argument), or a handler's `extra`. */
export const mcpParameters = carrierPair("mcp parameters", access);

/** Takes a whole request or notification. */
export const mcpRequest = carrierPair("mcp request", nestedAccess("params", access));

export function hasMcpMeta(source: unknown): boolean {
  return isRecord(asRecord(source)?._meta);
}
