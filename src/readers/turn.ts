/**
 * Identity and metadata of one call, from what each major gives: `experimental_telemetry` (v5, v6), `telemetry`
 * with the allowed keys of `runtimeContext` (v7), and the attributes of `withTurn` on all.
 */
import type { Scalar, Turn } from "../semconv/records.ts";
import { asRecord, isRecord, stringOf, type UnknownRecord } from "./guards.ts";

/** Longest string recorded of the caller's own words, in UTF-16 units. */
const TEXT_LIMIT = 1024;

type Entries = Map<string, Scalar>;

/** Attributes that `withTurn` was given: cleaned once, used by every call inside. */
export function readTurnAttributes(attributes: unknown): ReadonlyMap<string, Scalar> {
  const entries: Entries = new Map();
  addEntries(entries, attributes);
  return entries;
}

/** The one part of the identity that samplers look at. */
export function readAgentName(parameters: unknown, inherited: ReadonlyMap<string, Scalar> | undefined): string | undefined {
  return cut(stringOf(readTelemetry(parameters)?.functionId)) ?? readTurn(parameters, inherited).agentName;
}

export function readTurn(parameters: unknown, inherited: ReadonlyMap<string, Scalar> | undefined): Turn {
  const telemetry = readTelemetry(parameters);
  const agentName = cut(stringOf(telemetry?.functionId));
  const allowed = asRecord(telemetry?.includeRuntimeContext);
  const metadata = telemetry?.metadata;
  if (metadata === undefined && allowed === undefined && inherited === undefined) return { agentName };
  const entries: Entries = new Map(inherited);
  addEntries(entries, metadata);
  if (allowed !== undefined) addEntries(entries, asRecord(parameters)?.runtimeContext, allowed);
  const namedAgent = take(entries, "agentName");
  return {
    agentName: agentName ?? namedAgent,
    agentId: take(entries, "agentId"),
    agentVersion: take(entries, "agentVersion"),
    conversationId: take(entries, "conversationId"),
    metadata: entries,
  };
}

/** The v7 way to say: no telemetry for this call. */
export function readOptedOut(parameters: unknown): boolean {
  return asRecord(asRecord(parameters)?.telemetry)?.isEnabled === false;
}

function readTelemetry(parameters: unknown): UnknownRecord | undefined {
  const record = asRecord(parameters);
  return asRecord(record?.telemetry ?? record?.experimental_telemetry);
}

function addEntries(entries: Entries, source: unknown, allowed?: unknown): void {
  if (!isRecord(source) || Array.isArray(source)) return;
  for (const key of ownKeys(source)) {
    if (allowed !== undefined && tryRead(allowed, key) !== true) continue;
    const value = scalar(tryRead(source, key));
    if (value !== undefined) entries.set(key, value);
  }
}

/** Removes an identity key from the metadata and gives its value; numbers are written out. */
function take(entries: Entries, key: string): string | undefined {
  const value = entries.get(key);
  entries.delete(key);
  return value === undefined || value === "" ? undefined : String(value);
}

function scalar(value: unknown): Scalar | undefined {
  if (typeof value === "string") return cut(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "boolean" ? value : undefined;
}

function cut(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= TEXT_LIMIT) return text;
  const last = text.charCodeAt(TEXT_LIMIT - 1);
  // Half of a surrogate pair is no text.
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? TEXT_LIMIT - 1 : TEXT_LIMIT);
}

function ownKeys(source: object): string[] {
  try {
    return Object.keys(source);
  } catch {
    // A Proxy that refuses to be listed has nothing to record.
    return [];
  }
}

function tryRead(source: unknown, key: string): unknown {
  try {
    return asRecord(source)?.[key];
  } catch {
    // A getter that throws loses its own key only.
    return undefined;
  }
}
