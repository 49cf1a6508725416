/**
 * Environment variables: the names of OpenTelemetry's environment carriers (`TRACEPARENT`, upper case with underscores)
 * and Lambda's `_X_AMZN_TRACE_ID`. Writes to the record that is passed, which is to be a copy for a child process.
 *
 * A process of Lambda may run several invocations at once. The runtime keeps the trace of each in its invoke store
 * (`@aws/lambda-invoke-store` 0.3); the variable is one for all of them and counts only where there is one at a time.
 */
import { asRecord, isFunction, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { ownNames, setProperty } from "./record.ts";

const LAMBDA_TRACE_VARIABLE = "_X_AMZN_TRACE_ID";
const LAMBDA_TRACE_HEADER = "x-amzn-trace-id";
/** Set where several invocations run at once (Lambda Managed Instances). */
const CONCURRENCY_VARIABLE = "AWS_LAMBDA_MAX_CONCURRENCY";
/** What the invoke store has of the invocation that runs, by field. */
const STORE_METHODS: Readonly<Record<string, string>> = {
  [LAMBDA_TRACE_HEADER]: "getXRayTraceId",
  traceparent: "getTraceparent",
  tracestate: "getTracestate",
  baggage: "getBaggage",
};
const MARKS = ["TRACEPARENT", "B3", "X_B3_TRACEID", "X_AMZN_TRACE_ID", LAMBDA_TRACE_VARIABLE];

const access: CarrierAccess = {
  get: (carrier, key) => {
    const variables = asRecord(carrier);
    const value = ofInvocation(carrier, key) ?? variables?.[variableOf(key)];
    if (value !== undefined || key !== LAMBDA_TRACE_HEADER) return value;
    return variables?.[CONCURRENCY_VARIABLE] === undefined ? variables?.[LAMBDA_TRACE_VARIABLE] : undefined;
  },
  set: (carrier, key, value) => setProperty(carrier, variableOf(key), value),
  remove: (carrier, key) => {
    if (isRecord(carrier)) Reflect.deleteProperty(carrier, variableOf(key));
  },
  keys: (carrier) => {
    const stored = Object.keys(STORE_METHODS).filter((key) => ofInvocation(carrier, key) !== undefined);
    return [...new Set([...ownNames(carrier).map(keyOf), ...stored])];
  },
};

/** Of the process's own environment: a copy is what its maker has put into it. */
function ofInvocation(carrier: unknown, key: string): unknown {
  const method = STORE_METHODS[key];
  if (method === undefined || carrier !== processEnvironment()) return undefined;
  const store = asRecord(asRecord(asRecord(globalThis)?.awslambda)?.InvokeStore);
  const read = store?.[method];
  return isFunction(read) ? Reflect.apply(read, store, []) : undefined;
}

export const environment = carrierPair("environment", access);

function variableOf(key: string): string {
  return key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

function keyOf(variable: string): string {
  if (variable === LAMBDA_TRACE_VARIABLE) return LAMBDA_TRACE_HEADER;
  return variable.toLowerCase().replaceAll("_", "-");
}

export function isEnvironment(source: unknown): boolean {
  return (
    isRecord(source) && (source === processEnvironment() || MARKS.some((name) => Object.hasOwn(source, name)))
  );
}

/** The process's variables, where the runtime has such a thing. */
export function processEnvironment(): unknown {
  return asRecord(asRecord(globalThis)?.process)?.env;
}
