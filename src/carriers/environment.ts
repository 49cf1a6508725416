/**
 * Environment variables: the names of OpenTelemetry's environment carriers (`TRACEPARENT`, upper case with underscores)
 * and Lambda's `_X_AMZN_TRACE_ID`. Writes to the record it is given, which is to be a copy for a child process.
 */
import { asRecord, isRecord } from "../readers/structure.ts";
import { carrierPair, type CarrierAccess } from "./carrier.ts";
import { ownNames, setProperty } from "./record.ts";

const LAMBDA_TRACE_VARIABLE = "_X_AMZN_TRACE_ID";
const LAMBDA_TRACE_HEADER = "x-amzn-trace-id";
const MARKS = ["TRACEPARENT", "B3", "X_B3_TRACEID", "X_AMZN_TRACE_ID", LAMBDA_TRACE_VARIABLE];

const access: CarrierAccess = {
  get: (carrier, key) => {
    const variables = asRecord(carrier);
    const value = variables?.[variableOf(key)];
    return key === LAMBDA_TRACE_HEADER ? (value ?? variables?.[LAMBDA_TRACE_VARIABLE]) : value;
  },
  set: (carrier, key, value) => setProperty(carrier, variableOf(key), value),
  remove: (carrier, key) => {
    if (isRecord(carrier)) Reflect.deleteProperty(carrier, variableOf(key));
  },
  keys: (carrier) => ownNames(carrier).map(keyOf),
};

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
