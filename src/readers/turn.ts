/**
 * Reads the identity and the metadata of one call.
 * - v5, v6: they are in `experimental_telemetry`.
 * - v7: they are in `telemetry`, and in the keys of `runtimeContext` that the caller allows.
 * - all majors: they are in the attributes of `withTurn`.
 */
import type { Scalar, Turn } from "../semconv/records.ts";
import { cut, TURN_NAMES } from "../semconv/span-attributes.ts";
import {
  asRecord,
  finiteNumber,
  isRecord,
  isString,
  readProperty,
  stringOf,
  type UnknownRecord,
} from "../foundation/structure.ts";

/** Names of the identity. Their values are recorded as strings, even if the caller passes numbers. */
const IDENTITY = ["agentName", "agentId", "agentVersion", "conversationId"] as const;
/** Names that are read first, so that other keys cannot use up the limit before them. */
const KNOWN: ReadonlySet<string> = new Set([...IDENTITY, ...TURN_NAMES]);

/** Limit of recorded metadata of one run. The known names come first, then other keys in their order. */
const MAXIMUM_ENTRIES = 64;
/** Longest key, in UTF-16 units. A longer key is cut. */
const KEY_LIMIT = 64;
/**
 * Limit of the values that are read from one source. A source may have many values that are no scalars, so the limit of
 * entries alone would not stop the reads.
 */
const MAXIMUM_READS = 1024;

type Entries = ReadonlyMap<string, Scalar>;

/** An object of the caller that has metadata. */
interface Source {
  readonly values: UnknownRecord;
  /** Only keys whose value in this object is `true` may be read. `undefined` allows all keys. */
  readonly allowed: UnknownRecord | undefined;
}

/** Reads the attributes of `withTurn`. Called once for all calls inside. */
export function readTurnAttributes(attributes: unknown): Entries {
  return entriesOf(sourceOf(attributes), undefined);
}

/**
 * Reads the agent's name without the rest of the turn. Samplers need the name, so it is read before the span starts.
 */
export function readAgentName(
  parameters: unknown,
  telemetry: UnknownRecord | undefined,
  inherited: Entries | undefined,
): string | undefined {
  return (
    readFunctionId(telemetry) ??
    identityOf(readKnown("agentName", callSources(parameters, telemetry), inherited))
  );
}

export function readTurn(
  parameters: unknown,
  telemetry: UnknownRecord | undefined,
  inherited: Entries | undefined,
): Turn {
  return turnOf(readFunctionId(telemetry), callSources(parameters, telemetry), inherited);
}

/**
 * Reads a turn from a telemetry event (v7). The event's `runtimeContext` has only the keys that the caller allows,
 * because the SDK removes the others.
 */
export function readEventTurn(event: UnknownRecord, inherited: Entries | undefined): Turn {
  return turnOf(readFunctionId(event), sourceOf(readProperty(event, "runtimeContext")), inherited);
}

function turnOf(
  functionId: string | undefined,
  sources: readonly Source[],
  inherited: Entries | undefined,
): Turn {
  const identity: Turn["identity"] = {};
  const metadata = entriesOf(sources, inherited);
  for (const name of IDENTITY) {
    if (!metadata.has(name)) continue;
    identity[name] = identityOf(metadata.get(name));
    metadata.delete(name);
  }
  identity.agentName = functionId ?? identity.agentName;
  return { identity, metadata };
}

function identityOf(value: Scalar | undefined): string | undefined {
  return stringOf(value?.toString());
}

/** Reads the caller's telemetry settings. Called once per SDK call, because the property may be a getter. */
export function readTelemetry(parameters: unknown): UnknownRecord | undefined {
  return asRecord(
    readProperty(parameters, "telemetry") ?? readProperty(parameters, "experimental_telemetry"),
  );
}

/** Whether the caller disables telemetry for this call. */
export function readOptedOut(telemetry: UnknownRecord | undefined): boolean {
  return readProperty(telemetry, "isEnabled") === false;
}

/** Reads the tracer that the caller passes for this call (v5, v6: `telemetry-settings.ts`). */
export function readTracer(telemetry: UnknownRecord | undefined): unknown {
  return readProperty(telemetry, "tracer");
}

/** @param telemetry the caller's telemetry settings, or a telemetry event */
export function readFunctionId(telemetry: UnknownRecord | undefined): string | undefined {
  return stringOf(readProperty(telemetry, "functionId"));
}

/** The sources of a call. If two sources have the same key, the earlier source's value is used. */
function callSources(parameters: unknown, telemetry: UnknownRecord | undefined): readonly Source[] {
  const allowed = asRecord(readProperty(telemetry, "includeRuntimeContext"));
  const context = allowed && readProperty(asRecord(parameters), "runtimeContext");
  return [...sourceOf(context, allowed), ...sourceOf(readProperty(telemetry, "metadata"))];
}

/** @returns a list with one source; an empty list if `values` is no object */
function sourceOf(values: unknown, allowed?: UnknownRecord): readonly Source[] {
  try {
    return isRecord(values) && !Array.isArray(values) ? [{ values, allowed }] : [];
  } catch {
    // `Array.isArray` throws for a revoked Proxy.
    return [];
  }
}

/**
 * Each key has the value of the first source that has the key. If no source has it, it has the inherited value. The
 * limit counts metadata only, not the identity.
 */
function entriesOf(sources: readonly Source[], inherited: Entries | undefined): Map<string, Scalar> {
  const entries = new Map<string, Scalar>();
  if (sources.length === 0 && !inherited?.size) return entries;
  for (const name of KNOWN) {
    const value = readKnown(name, sources, inherited);
    if (value !== undefined) entries.set(name, value);
  }
  const limit = MAXIMUM_ENTRIES + IDENTITY.filter((name) => entries.has(name)).length;
  for (const source of sources) addOthers(entries, source, limit);
  for (const [name, value] of inherited ?? []) {
    if (entries.size >= limit) break;
    if (!KNOWN.has(name) && !entries.has(name)) entries.set(name, value);
  }
  return entries;
}

/** @returns the value of the first source that has the name, else the inherited value */
function readKnown(
  name: string,
  sources: readonly Source[],
  inherited: Entries | undefined,
): Scalar | undefined {
  for (const source of sources) {
    const value =
      isListed(source.values, name) && isAllowed(source, name) ? readScalar(source, name) : undefined;
    if (value !== undefined) return value;
  }
  return inherited?.get(name);
}

/** Adds the metadata that is not in `KNOWN`, until a limit is reached. */
function addOthers(entries: Map<string, Scalar>, source: Source, limit: number): void {
  let reads = 0;
  try {
    // `for in` can stop early. `Object.keys` would run a Proxy's traps for every key before the first value is read.
    for (const key in source.values) {
      if (entries.size >= limit || reads >= MAXIMUM_READS) return;
      if (KNOWN.has(key) || !isAllowed(source, key)) continue;
      reads += 1;
      const name = cut(key, KEY_LIMIT);
      if (entries.has(name) || !Object.hasOwn(source.values, key)) continue;
      const value = readScalar(source, key);
      if (value !== undefined) entries.set(name, value);
    }
  } catch {
    // A trap of a Proxy has thrown, so the remaining keys cannot be read.
  }
}

/** Whether `Object.keys` would list the key. */
function isListed(values: UnknownRecord, key: string): boolean {
  try {
    return Object.hasOwn(values, key) && Object.prototype.propertyIsEnumerable.call(values, key);
  } catch {
    return false;
  }
}

function isAllowed({ allowed }: Source, key: string): boolean {
  return allowed === undefined || readProperty(allowed, key) === true;
}

function readScalar({ values }: Source, key: string): Scalar | undefined {
  const value = readProperty(values, key);
  return isString(value) || typeof value === "boolean" ? value : finiteNumber(value);
}
