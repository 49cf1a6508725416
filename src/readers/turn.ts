/**
 * Identity and metadata of one call, from what each major gives: `experimental_telemetry` (v5, v6), `telemetry`
 * with the allowed keys of `runtimeContext` (v7), and the attributes of `withTurn` on all.
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

/** Metadata that says who runs; numbers are written out. */
const IDENTITY = ["agentName", "agentId", "agentVersion", "conversationId"] as const;
/** Read by name, so that no crowd of other keys takes their place. */
const KNOWN: ReadonlySet<string> = new Set([...IDENTITY, ...TURN_NAMES]);

/** Of what is recorded of one run: the keys of a turn first, then others as they come. */
const MAXIMUM_ENTRIES = 64;
/** In UTF-16 units. */
const KEY_LIMIT = 64;
/** As many values are looked at in search of them, for most may be no scalars. */
const MAXIMUM_READS = 1024;

type Entries = ReadonlyMap<string, Scalar>;

/** Key-value pairs of the caller's. */
interface Source {
  readonly values: UnknownRecord;
  /** The keys that may be read are those that it has `true` for; default: all. */
  readonly allowed: UnknownRecord | undefined;
}

/** Attributes that `withTurn` was given: cleaned once, used by every call inside. */
export function readTurnAttributes(attributes: unknown): Entries {
  return entriesOf(sourceOf(attributes), undefined);
}

/** The one part of the identity that samplers look at. */
export function readAgentName(
  parameters: unknown,
  telemetry: UnknownRecord | undefined,
  inherited: Entries | undefined,
): string | undefined {
  return (
    readFunctionId(telemetry) ?? identityOf(known("agentName", callSources(parameters, telemetry), inherited))
  );
}

export function readTurn(
  parameters: unknown,
  telemetry: UnknownRecord | undefined,
  inherited: Entries | undefined,
): Turn {
  return turnOf(readFunctionId(telemetry), callSources(parameters, telemetry), inherited);
}

/** The same from an event of v7's telemetry: its context holds only what the call allows. */
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

/** The caller's telemetry settings. Read once per call: a getter may stand there. */
export function readTelemetry(parameters: unknown): UnknownRecord | undefined {
  return asRecord(
    readProperty(parameters, "telemetry") ?? readProperty(parameters, "experimental_telemetry"),
  );
}

/** Whether the caller wants no telemetry for this call. */
export function readOptedOut(telemetry: UnknownRecord | undefined): boolean {
  return readProperty(telemetry, "isEnabled") === false;
}

/** The tracer that the caller wants for this call (v5, v6: `telemetry-settings.ts`). */
export function readTracer(telemetry: UnknownRecord | undefined): unknown {
  return readProperty(telemetry, "tracer");
}

/** @param telemetry the caller's telemetry options, or an event */
export function readFunctionId(telemetry: UnknownRecord | undefined): string | undefined {
  return stringOf(readProperty(telemetry, "functionId"));
}

/** What a call says, in the order in which it counts. */
function callSources(parameters: unknown, telemetry: UnknownRecord | undefined): readonly Source[] {
  const allowed = asRecord(readProperty(telemetry, "includeRuntimeContext"));
  const context = allowed && readProperty(asRecord(parameters), "runtimeContext");
  return [...sourceOf(context, allowed), ...sourceOf(readProperty(telemetry, "metadata"))];
}

/** One, or none where there are no keys to be read. */
function sourceOf(values: unknown, allowed?: UnknownRecord): readonly Source[] {
  try {
    return isRecord(values) && !Array.isArray(values) ? [{ values, allowed }] : [];
  } catch {
    // A Proxy that was revoked.
    return [];
  }
}

/** Each key as the first source that has it says, else as it is inherited. At most `MAXIMUM_ENTRIES` and the identity. */
function entriesOf(sources: readonly Source[], inherited: Entries | undefined): Map<string, Scalar> {
  const entries = new Map<string, Scalar>();
  if (sources.length === 0 && !inherited?.size) return entries;
  for (const name of KNOWN) {
    const value = known(name, sources, inherited);
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

function known(name: string, sources: readonly Source[], inherited: Entries | undefined): Scalar | undefined {
  for (const source of sources) {
    const value =
      isListed(source.values, name) && isAllowed(source, name) ? readScalar(source, name) : undefined;
    if (value !== undefined) return value;
  }
  return inherited?.get(name);
}

/** Those that have no name of their own. What the language lists at once is listed, but no further value is read. */
function addOthers(entries: Map<string, Scalar>, source: Source, limit: number): void {
  let reads = 0;
  try {
    // Not `Object.keys`, which asks a Proxy about every key before the first is read.
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
    // A Proxy that refuses to be listed has nothing more to record.
  }
}

/** Whether a key is one of those that `Object.keys` lists. */
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
