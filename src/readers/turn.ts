/**
 * Reads the identity and the metadata of one call. They are in `experimental_telemetry` (v5, v6), in `telemetry` and
 * the allowed keys of `runtimeContext` (v7), and in the attributes of `withTurn` (all majors).
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

/** Names of the identity. Their values are recorded as strings, numbers too. */
const IDENTITY = ["agentName", "agentId", "agentVersion", "conversationId"] as const;
/** Names that are read first, so that many other keys cannot exhaust the limit before them. */
const KNOWN: ReadonlySet<string> = new Set([...IDENTITY, ...TURN_NAMES]);

/** Limit of recorded metadata of one run. The known names come first, then other keys in their order. */
const MAXIMUM_ENTRIES = 64;
/** In UTF-16 units. */
const KEY_LIMIT = 64;
/** Limit of read values of one source, because most of its values may be no scalars. */
const MAXIMUM_READS = 1024;

type Entries = ReadonlyMap<string, Scalar>;

/** An object of the caller that has metadata. */
interface Source {
  readonly values: UnknownRecord;
  /** Only keys whose value here is `true` may be read. `undefined` allows all keys. */
  readonly allowed: UnknownRecord | undefined;
}

/** Reads the attributes of `withTurn`, once for all calls inside. */
export function readTurnAttributes(attributes: unknown): Entries {
  return entriesOf(sourceOf(attributes), undefined);
}

/** Reads the agent's name alone, because samplers get it before the span starts. */
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

/** Reads a turn from a telemetry event (v7). The SDK removes keys that the call does not allow from its context. */
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

/** Reads the caller's telemetry settings. Called once per call, because the property may be a getter. */
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

/** @param telemetry the caller's telemetry options, or an event */
export function readFunctionId(telemetry: UnknownRecord | undefined): string | undefined {
  return stringOf(readProperty(telemetry, "functionId"));
}

/** The sources of a call. An earlier source has precedence over a later one. */
function callSources(parameters: unknown, telemetry: UnknownRecord | undefined): readonly Source[] {
  const allowed = asRecord(readProperty(telemetry, "includeRuntimeContext"));
  const context = allowed && readProperty(asRecord(parameters), "runtimeContext");
  return [...sourceOf(context, allowed), ...sourceOf(readProperty(telemetry, "metadata"))];
}

/** @returns one source, or none for a value without keys */
function sourceOf(values: unknown, allowed?: UnknownRecord): readonly Source[] {
  try {
    return isRecord(values) && !Array.isArray(values) ? [{ values, allowed }] : [];
  } catch {
    // A revoked Proxy.
    return [];
  }
}

/** Each key has the value of the first source that has it, else the inherited one. The identity is not limited. */
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

/** Adds the keys that are not in `KNOWN`, until a limit is reached. */
function addOthers(entries: Map<string, Scalar>, source: Source, limit: number): void {
  let reads = 0;
  try {
    // `Object.keys` would run a Proxy's traps for every key before the first value is read.
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
    // A trap of a Proxy throws, so its other keys cannot be read.
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
