/**
 * Describes any value as plain data, so that two runs of a program can be compared: class, properties of every kind,
 * errors with their properties, and the program's named objects by identity. It never runs a getter.
 */

const MAXIMUM_DEPTH = 10;

/**
 * Properties that the SDK measures. Their values differ from run to run, so only the presence of the value is compared.
 */
const MEASURED_KEY = /(Ms|PerSecond)$|^(durationMs|timestamp|timeToFirst.*)$/;
/** Generated ids and timestamps, which differ from run to run. */
const PASSING = /\b(aitxt|msg|aiobj|call)-[A-Za-z0-9]{16,}|\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** Classes of the platform. The properties of their instances are not compared. */
const PLATFORM = [ReadableStream, Promise, AbortSignal, Response, Headers, WeakMap, ArrayBuffer, URL];

/** The names that the program gave to its objects. */
export type Names = ReadonlyMap<unknown, string>;

/** @param inside describe the content of the value itself, even if it has a name */
export function describeValue(value: unknown, names: Names, inside = false): unknown {
  return describe(value, { names, above: [], inside });
}

interface Place {
  readonly names: Names;
  readonly above: readonly unknown[];
  readonly inside?: boolean;
}

function describe(value: unknown, place: Place): unknown {
  const name = place.names.get(value);
  if (name !== undefined && place.inside !== true) return `<${name}>`;
  switch (typeof value) {
    case "string":
      return value.replace(PASSING, "<passing>");
    case "undefined":
      return "<undefined>";
    case "bigint":
    case "symbol":
      return `<${String(value)}>`;
    case "function":
    case "object":
      return value === null ? null : describeObject(value, place);
    case "number":
    case "boolean":
      return Object.is(value, -0) ? "<-0>" : value;
  }
  return value;
}

function describeObject(value: object, { names, above }: Place): unknown {
  const repeated = above.lastIndexOf(value);
  if (repeated !== -1) return `<${above.length - repeated} up>`;
  const type = typeOf(value);
  if (value instanceof Date || above.length > MAXIMUM_DEPTH) return `<${type}>`;
  if (value instanceof AbortSignal && value.aborted) return `<${type} aborted>`;
  if (PLATFORM.some((platform) => value instanceof platform)) return `<${type}>`;
  if (ArrayBuffer.isView(value)) return `<${type} of ${value.byteLength}>`;
  const place = { names, above: [...above, value] };
  if (value instanceof Map || value instanceof Set) return [`<${type}>`, describe([...value], place)];
  if (Array.isArray(value) && isPlainArray(value)) return value.map((item) => describe(item, place));
  const described: Record<string, unknown> = { "#": type };
  for (const key of Reflect.ownKeys(value)) {
    // The programs in `programs/stacks.ts` compare stacks. Reading a stack here would create it, which runs getters of
    // the error.
    if (key === "stack") continue;
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (descriptor === undefined) continue;
    described[labelOf(key, descriptor)] = describeProperty(String(key), descriptor, place);
  }
  return described;
}

function isPlainArray(value: unknown[]): boolean {
  return Object.getPrototypeOf(value) === Array.prototype && Object.keys(value).length === value.length;
}

function describeProperty(key: string, descriptor: PropertyDescriptor, place: Place): unknown {
  if (!("value" in descriptor)) return "<accessor>";
  const value: unknown = descriptor.value;
  if (!MEASURED_KEY.test(key) || value === undefined) return describe(value, place);
  return typeof value === "object" && value !== null ? Object.keys(value) : "<measured>";
}

/** The key of a property. A property that is not enumerable, writable and configurable also has labels for that. */
function labelOf(key: string | symbol, descriptor: PropertyDescriptor): string {
  const flags = [
    descriptor.enumerable === true ? "" : "hidden",
    descriptor.configurable === true ? "" : "fixed",
    "value" in descriptor && descriptor.writable === false ? "read-only" : "",
  ].filter((flag) => flag !== "");
  return [String(key), ...flags].join(" ");
}

/** The constructors in the prototype chain, and whether the object is extensible. */
function typeOf(value: object): string {
  const chain: string[] = [];
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null && prototype !== Object.prototype) {
    const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value as unknown;
    chain.push(typeof constructor === "function" ? constructor.name : "anonymous");
    prototype = Object.getPrototypeOf(prototype);
  }
  if (prototype === null) chain.push("null");
  return [chain.join(" < ") || "Object", Object.isExtensible(value) ? "" : "closed"].join(" ").trim();
}
