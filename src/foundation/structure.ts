/**
 * The structural casts of the project: unknown values of the application or the SDK to something typed.
 * Nothing here calls a function of the application; a getter runs only when its property is asked for.
 */
export type UnknownRecord = { readonly [key: PropertyKey]: unknown };
export type UnknownFunction = (this: unknown, ...args: unknown[]) => unknown;
export type Constructor = (new (...args: unknown[]) => object) & { readonly prototype: object };

export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === "object" && value !== null;
}

export function isFunction(value: unknown): value is UnknownFunction {
  return typeof value === "function";
}

/** A class, or a function that can be called as one. */
export function isConstructor(value: unknown): value is Constructor {
  return isFunction(value) && isRecord(asRecord(value)?.prototype);
}

/** Anything with properties, to be read one by one; `undefined` for the rest. A read runs the getter if there is one. */
export function asRecord(value: unknown): UnknownRecord | undefined {
  // A function or an object: both can be indexed, and no shape is claimed for what comes back.
  return isRecord(value) || isFunction(value) ? (value as UnknownRecord) : undefined;
}

/** A property, which `undefined` takes the place of where its getter throws or a Proxy refuses: it costs itself alone. */
export function readProperty(value: unknown, key: PropertyKey): unknown {
  try {
    return asRecord(value)?.[key];
  } catch {
    // What cannot be read is not known.
    return undefined;
  }
}

/** A property that is the object's own and plain data, for a getter may do anything. */
export function ownData(value: unknown, key: string): unknown {
  return isRecord(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function stringOf(value: unknown): string | undefined {
  return isString(value) && value !== "" ? value : undefined;
}

export function finiteNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** One that every exporter can write as an integer. */
export function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

/** A count of tokens: whole and not negative. */
export function tokenCount(value: unknown): number | undefined {
  const count = wholeNumber(value) ?? -1;
  return count < 0 ? undefined : count;
}

/** The SDK's own test for a streaming tool (provider-utils `isAsyncIterable`). */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isFunction(asRecord(value)?.[Symbol.asyncIterator]);
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isRecord(value) && isFunction(value[Symbol.iterator]);
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return isRecord(value) && typeof value.aborted === "boolean" && isFunction(value.addEventListener);
}
