/**
 * Type guards and casts, which give types to unknown values of the application and the SDK. No function here calls a
 * function of the application. A getter runs only when its property is read.
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

/** A value whose properties can be read one by one; `undefined` for a primitive. A read runs the property's getter. */
export function asRecord(value: unknown): UnknownRecord | undefined {
  // Both objects and functions can be indexed, and every property stays `unknown`.
  return isRecord(value) || isFunction(value) ? (value as UnknownRecord) : undefined;
}

/** A property of a value; `undefined` if its getter or a Proxy throws. So only this property is lost. */
export function readProperty(value: unknown, key: PropertyKey): unknown {
  try {
    return asRecord(value)?.[key];
  } catch {
    // A property that cannot be read counts as absent.
    return undefined;
  }
}

/**
 * The plain value of a property that the object has itself, not by its prototype. Getters are not run, because a getter
 * may do anything.
 */
export function readDataProperty(value: unknown, key: string): unknown {
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

/** An integer that a number holds exactly: its absolute value is at most 2^53 - 1. */
export function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

/** A count of tokens: whole and not negative. */
export function tokenCount(value: unknown): number | undefined {
  const count = wholeNumber(value) ?? -1;
  return count < 0 ? undefined : count;
}

/**
 * The SDK uses the same test to recognize the result of a streaming tool (`isAsyncIterable` of
 * `@ai-sdk/provider-utils`).
 */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isFunction(asRecord(value)?.[Symbol.asyncIterator]);
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isRecord(value) && isFunction(value[Symbol.iterator]);
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return isRecord(value) && typeof value.aborted === "boolean" && isFunction(value.addEventListener);
}
