/**
 * The attributes of a run that describe the SDK's call: its function, and on v7 an id that differs each time. They are
 * checked here for every run, so no expected tree repeats them. `test/conformance/sdk-calls.test.ts` checks their
 * values.
 */
import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";

const CHILDREN: ReadonlySet<unknown> = new Set(["chat", "execute_tool"]);
const FUNCTION = /^([A-Z]\w+\.(generate|stream)|[a-z]\w+)$/;
const CALL_ID = /^\S{4,}$/;

function isOfCall(key: string): boolean {
  return isFunctionKey(key) || isIdKey(key);
}

function isFunctionKey(key: string): boolean {
  return key.endsWith(".operation.name") && !key.startsWith("gen_ai.");
}

function isIdKey(key: string): boolean {
  return key.endsWith(".call.id") && !key.startsWith("gen_ai.");
}

export function withoutSDKCall(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !isOfCall(key)));
}

/** The same span without these attributes. */
export function spanWithoutSDKCall(span: ReadableSpan): ReadableSpan {
  return Object.create(span, { attributes: { value: withoutSDKCall(span.attributes) } }) as ReadableSpan;
}

/** @returns what is wrong with a span's attributes of the SDK's call */
export function sdkCallFaults({ attributes }: ReadableSpan): string[] {
  const entries = Object.entries(attributes);
  const names = entries.filter(([key]) => isFunctionKey(key)).map(([, value]) => String(value));
  const ids = entries.filter(([key]) => isIdKey(key)).map(([, value]) => String(value));
  const operation = attributes["gen_ai.operation.name"];
  if (operation === undefined || CHILDREN.has(operation)) {
    return names.length + ids.length > 0 ? ["repeats its run's attributes of the SDK's call"] : [];
  }
  return [
    ...(names.length > 1 || names.some((name) => !FUNCTION.test(name))
      ? [`is a call of ${names.join()}`]
      : []),
    ...(ids.length > 1 || ids.some((id) => !CALL_ID.test(id)) ? [`has the call id ${ids.join()}`] : []),
  ];
}
