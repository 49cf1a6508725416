/**
 * The two arguments of a Lambda handler: the event and the context. The context has the trace of its invocation. The
 * HTTP events are those of API Gateway REST (v1), API Gateway HTTP (v2) and load balancers. They have headers as single
 * values, as lists, or both.
 */
import { asRecord, isRecord, isString } from "../foundation/structure.ts";
import { carrierPair } from "./carrier.ts";
import { nestedAccess, recordAccess } from "./record.ts";

const TRACE_HEADER = "x-amzn-trace-id";

const single = nestedAccess("headers", recordAccess);
const multiple = nestedAccess("multiValueHeaders", recordAccess);

export const lambdaHttpEvent = carrierPair("lambda event", {
  ...single,
  // `headers` has only the last value of a repeated header, so the lists are read first.
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

/** The carrier is the context of a handler. It is only read: `set` and `remove` do nothing. */
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
