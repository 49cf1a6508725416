/**
 * Reads values of carriers as text: strings, bytes, or lists of either. Refuses every value that no propagator
 * writes. So a hostile carrier costs neither time nor memory, and its value reaches no propagator. This file parses
 * no format.
 */
import { isString } from "../foundation/structure.ts";

/** The largest field that a propagator writes: a full `baggage` header (W3C Baggage, section 3.3.2). */
const MAXIMUM_LENGTH = 8192;
/** W3C Trace Context, section 3.3.1.1. */
const MAXIMUM_TRACESTATE_MEMBERS = 32;
/** More values than any message has for one field. */
const MAXIMUM_VALUES = 64;
// eslint-disable-next-line no-control-regex -- the pattern finds control characters
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const decoder = new TextDecoder();

/**
 * A field's value as text. Several values are joined with commas, as HTTP does. `undefined` for a value that is
 * refused.
 */
export function boundedText(key: string, value: unknown): string | undefined {
  const text = textOf(value);
  if (!text || text.length > MAXIMUM_LENGTH || CONTROL_CHARACTERS.test(text)) return undefined;
  if (key.endsWith("tracestate") && memberCount(text) > MAXIMUM_TRACESTATE_MEMBERS) return undefined;
  return text;
}

/** One value, or a list of values. A list within a list is refused. */
function textOf(value: unknown): string | undefined {
  const single = singleText(value);
  if (single !== undefined || !Array.isArray(value) || value.length > MAXIMUM_VALUES) return single;
  let list: string | undefined;
  for (const entry of value) {
    const text = singleText(entry);
    // The list is too long already, so the rest is not read.
    if (text === undefined || text.length + (list?.length ?? 0) > MAXIMUM_LENGTH) return undefined;
    list = list === undefined ? text : `${list},${text}`;
  }
  return list;
}

/** A string, or UTF-8 bytes. Lambda's events have bytes as a list of numbers. */
function singleText(value: unknown): string | undefined {
  if (isString(value)) return value;
  if (value instanceof Uint8Array) return decode(value);
  const isByteList = Array.isArray(value) && value.length <= MAXIMUM_LENGTH && value.every(isByte);
  return isByteList ? decode(Uint8Array.from(value)) : undefined;
}

export function decode(bytes: Uint8Array): string | undefined {
  return bytes.byteLength > MAXIMUM_LENGTH ? undefined : decoder.decode(bytes);
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;
}

function memberCount(list: string): number {
  return list.split(",").length;
}
