/**
 * Type guards and the casts of the project: they give types to unknown values of the application and the SDK. No
 * function here calls a function of the application. A getter runs only when its property is read.
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

/** A class, or a function that can be called with `new`. */
export function isConstructor(value: unknown): value is Constructor {
  return isFunction(value) && isRecord(asRecord(value)?.prototype);
}

/**
 * A value with properties, to be read one by one; `undefined` for a primitive. A read runs the property's getter.
 */
export function asRecord(value: unknown): UnknownRecord | undefined {
  // Both objects and functions can be indexed, and every property stays `unknown`.
  return isRecord(value) || isFunction(value) ? (value as UnknownRecord) : undefined;
}

/**
 * A property of a value; `undefined` where its getter throws or a Proxy refuses. So a failing getter costs its
 * property alone.
 */
export function readProperty(value: unknown, key: PropertyKey): unknown {
  try {
    return asRecord(value)?.[key];
  } catch {
    // The property counts as absent.
    return undefined;
  }
}

/** An own property that holds plain data. Getters are not run, because a getter may do anything. */
export function ownData(value: unknown, key: string): unknown {
  return isRecord(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** A string that is not empty. */
export function stringOf(value: unknown): string | undefined {
  return isString(value) && value !== "" ? value : undefined;
}

export function finiteNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** An integer that every exporter can write as one. */
export function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

/** A count of tokens: whole and not negative. */
export function tokenCount(value: unknown): number | undefined {
  const count = wholeNumber(value) ?? -1;
  return count < 0 ? undefined : count;
}

/** The same test as the SDK's for a streaming tool (`isAsyncIterable` of `@ai-sdk/provider-utils`). */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isFunction(asRecord(value)?.[Symbol.asyncIterator]);
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isRecord(value) && isFunction(value[Symbol.iterator]);
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return isRecord(value) && typeof value.aborted === "boolean" && isFunction(value.addEventListener);
}
