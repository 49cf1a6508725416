/**
 * Environment variables. Their names are those of OpenTelemetry's environment carriers (`TRACEPARENT`: upper case with
 * underscores), and Lambda's `_X_AMZN_TRACE_ID`. Fields are written to the record that the caller passes, such as a
 * copy of the environment for a child process.
 *
 * A Lambda process may run several invocations at once. All of them share the variable `_X_AMZN_TRACE_ID`. So it is
 * read only in a process that runs one invocation at a time. For each invocation, the runtime also keeps the trace in
 * its invoke store (`@aws/lambda-invoke-store` 0.3).
 */
import { asRecord, isFunction, isRecord } from "../foundation/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { namesOf, setProperty } from "./record.ts";

const LAMBDA_TRACE_VARIABLE = "_X_AMZN_TRACE_ID";
const LAMBDA_TRACE_HEADER = "x-amzn-trace-id";
/** Lambda sets this variable if a process runs several invocations at once (Lambda Managed Instances). */
const CONCURRENCY_VARIABLE = "AWS_LAMBDA_MAX_CONCURRENCY";
/** By field: the method of the invoke store that reads the field of the running invocation. */
const STORE_METHODS: Readonly<Record<string, string>> = {
  [LAMBDA_TRACE_HEADER]: "getXRayTraceId",
  traceparent: "getTraceparent",
  tracestate: "getTracestate",
  baggage: "getBaggage",
};
const TRACE_VARIABLES = ["TRACEPARENT", "B3", "X_B3_TRACEID", "X_AMZN_TRACE_ID", LAMBDA_TRACE_VARIABLE];

const access: CarrierAccess = {
  get: (carrier, key) => {
    const variables = asRecord(carrier);
    const value = invocationField(carrier, key) ?? variables?.[variableOf(key)];
    if (value !== undefined || key !== LAMBDA_TRACE_HEADER) return value;
    return variables?.[CONCURRENCY_VARIABLE] === undefined ? variables?.[LAMBDA_TRACE_VARIABLE] : undefined;
  },
  set: (carrier, key, value) => setProperty(carrier, variableOf(key), value),
  remove: (carrier, key) => {
    if (isRecord(carrier)) Reflect.deleteProperty(carrier, variableOf(key));
  },
  keys: (carrier) => {
    const stored = Object.keys(STORE_METHODS).filter((key) => invocationField(carrier, key) !== undefined);
    return [...new Set([...namesOf(carrier).map(keyOf), ...stored])];
  },
};

/**
 * A field of the running invocation. It is read only if the carrier is the environment of this process. Any other
 * record has only the fields that were written to it.
 */
function invocationField(carrier: unknown, key: string): unknown {
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
    isRecord(source) &&
    (source === processEnvironment() || TRACE_VARIABLES.some((name) => Object.hasOwn(source, name)))
  );
}

/** `process.env`; `undefined` in a runtime without `process`. */
export function processEnvironment(): unknown {
  return asRecord(asRecord(globalThis)?.process)?.env;
}
