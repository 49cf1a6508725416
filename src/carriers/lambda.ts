/**
 * What Lambda calls a handler with: its context, which has the trace of that invocation, and the documents of HTTP: API Gateway REST (v1) and HTTP (v2) and load balancers, whose headers
 * come as single values, as lists, or both.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const TRACE_HEADER = "x-amzn-trace-id";

const single = nestedAccess("headers", recordAccess);
const multiple = nestedAccess("multiValueHeaders", recordAccess);

export const lambdaHttpEvent = carrierPair("lambda event", {
  ...single,
  // A repeated header has only its last value in `headers`, so the list counts.
  get: (carrier, key) => multiple.get(carrier, key) ?? single.get(carrier, key),
  remove: (carrier, key) => {
    single.remove(carrier, key);
    multiple.remove(carrier, key);
  },
  keys: (carrier) => [...new Set([...single.keys(carrier), ...multiple.keys(carrier)])],
});

export function isLambdaHttpEvent(source: unknown): boolean {
  const event = asRecord(source);
  return isRecord(event?.requestContext) && (isRecord(event.headers) || isRecord(event.multiValueHeaders));
}

/** The context of a handler. Nothing is written to it. */
export const lambdaContext = carrierPair("lambda context", {
  get: (carrier, key) => (key === TRACE_HEADER ? asRecord(carrier)?.xRayTraceId : undefined),
  set: () => {},
  remove: () => {},
  keys: (carrier) => (isLambdaContext(carrier) ? [TRACE_HEADER] : []),
});

export function isLambdaContext(source: unknown): boolean {
  const { awsRequestId, xRayTraceId } = asRecord(source) ?? {};
  return isString(awsRequestId) && isString(xRayTraceId);
}
