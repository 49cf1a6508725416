/**
 * Identity and metadata of one call, from what each major gives: `experimental_telemetry` (v5, v6), `telemetry`
 * with the allowed keys of `runtimeContext` (v7), and the attributes of `withTurn` on all.
 */
import type { Scalar, Turn } from "../semconv/records.ts";
import { asRecord, finiteNumber, isRecord, isString, stringOf, type UnknownRecord } from "./structure.ts";

/** Metadata that says who runs; numbers are written out. */
const IDENTITY = ["agentName", "agentId", "agentVersion", "conversationId"] as const;

type Entries = Map<string, Scalar>;

/** Attributes that `withTurn` was given: cleaned once, used by every call inside. */
export function readTurnAttributes(attributes: unknown): ReadonlyMap<string, Scalar> {
  return addEntries(new Map(), attributes);
}

/** The one part of the identity that samplers look at. */
export function readAgentName(
  parameters: unknown,
  inherited: ReadonlyMap<string, Scalar> | undefined,
): string | undefined {
  return readFunctionId(readTelemetry(parameters)) ?? readTurn(parameters, inherited).identity.agentName;
}

export function readTurn(parameters: unknown, inherited: ReadonlyMap<string, Scalar> | undefined): Turn {
  const telemetry = readTelemetry(parameters);
  const allowed = asRecord(telemetry?.includeRuntimeContext);
  const metadata = addEntries(new Map(inherited), telemetry?.metadata);
  if (allowed) addEntries(metadata, asRecord(parameters)?.runtimeContext, allowed);
  return turnOf(readFunctionId(telemetry), metadata);
}

/** The same from an event of v7's telemetry: its context holds only what the call allows. */
export function readEventTurn(
  event: UnknownRecord,
  inherited: ReadonlyMap<string, Scalar> | undefined,
): Turn {
  return turnOf(readFunctionId(event), addEntries(new Map(inherited), event.runtimeContext));
}

function turnOf(functionId: string | undefined, metadata: Entries): Turn {
  const identity: Turn["identity"] = {};
  if (metadata.size > 0) {
    for (const name of IDENTITY) {
      identity[name] = stringOf(metadata.get(name)?.toString());
      metadata.delete(name);
    }
  }
  identity.agentName = functionId ?? identity.agentName;
  return { identity, metadata };
}

/** The v7 way to say: no telemetry for this call. */
export function readOptedOut(parameters: unknown): boolean {
  return asRecord(asRecord(parameters)?.telemetry)?.isEnabled === false;
}

function readTelemetry(parameters: unknown): UnknownRecord | undefined {
  const record = asRecord(parameters);
  return asRecord(record?.telemetry ?? record?.experimental_telemetry);
}

/** @param telemetry the caller's telemetry options, or an event */
export function readFunctionId(telemetry: UnknownRecord | undefined): string | undefined {
  return stringOf(telemetry?.functionId);
}

function addEntries(entries: Entries, source: unknown, allowed?: UnknownRecord): Entries {
  if (!isRecord(source) || Array.isArray(source)) return entries;
  for (const key of tryRead(() => Object.keys(source)) ?? []) {
    if (allowed && tryRead(() => allowed[key]) !== true) continue;
    const value = tryRead(() => source[key]);
    const scalar = isString(value) || typeof value === "boolean" ? value : finiteNumber(value);
    if (scalar !== undefined) entries.set(key, scalar);
  }
  return entries;
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // A getter that throws loses its own key only; a Proxy that refuses to be listed has nothing to record.
    return undefined;
  }
}
