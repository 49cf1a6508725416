/**
 * What a run says of the SDK's call: the function, and on v7 an id that is another each time. Held for every run here, so
 * that no tree has to repeat it; `test/conformance/sdk-calls.test.ts` has the values.
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

/** @returns what is wrong with what a span of ours says of the SDK's call */
export function sdkCallFaults({ attributes }: ReadableSpan): string[] {
  const entries = Object.entries(attributes);
  const names = entries.filter(([key]) => isFunctionKey(key)).map(([, value]) => String(value));
  const ids = entries.filter(([key]) => isIdKey(key)).map(([, value]) => String(value));
  const operation = attributes["gen_ai.operation.name"];
  if (operation === undefined || CHILDREN.has(operation)) {
    return names.length + ids.length > 0 ? ["says of the SDK's call what its run says"] : [];
  }
  return [
    ...(names.length > 1 || names.some((name) => !FUNCTION.test(name))
      ? [`is a call of ${names.join()}`]
      : []),
    ...(ids.length > 1 || ids.some((id) => !CALL_ID.test(id)) ? [`has the call id ${ids.join()}`] : []),
  ];
}
