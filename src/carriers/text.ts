/**
 * Values of carriers as text: strings, bytes, lists of either. Refuses what no propagator writes, so that a hostile
 * carrier costs neither time nor memory and nothing of it is handed on. Parses no format.
 */
import { isString } from "../foundation/structure.ts";

/** The largest field a propagator writes: a full `baggage` header (W3C Baggage, section 3.3.2). */
const MAXIMUM_LENGTH = 8192;
/** W3C Trace Context, section 3.3.1.1. */
const MAXIMUM_TRACESTATE_MEMBERS = 32;
/** More values than any message repeats a field. */
const MAXIMUM_VALUES = 64;
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const decoder = new TextDecoder();

/** A field's value as text; several values are one list, as HTTP has it. `undefined`: nothing usable. */
export function boundedText(key: string, value: unknown): string | undefined {
  const text = textOf(value);
  if (!text || text.length > MAXIMUM_LENGTH || CONTROL_CHARACTERS.test(text)) return undefined;
  if (key.endsWith("tracestate") && memberCount(text) > MAXIMUM_TRACESTATE_MEMBERS) return undefined;
  return text;
}

/** One value, or a list of them; a list in a list is nothing that a message has. */
function textOf(value: unknown): string | undefined {
  const single = singleText(value);
  if (single !== undefined || !Array.isArray(value) || value.length > MAXIMUM_VALUES) return single;
  let list: string | undefined;
  for (const entry of value) {
    const text = singleText(entry);
    // Too long already: the rest is not looked at.
    if (text === undefined || text.length + (list?.length ?? 0) > MAXIMUM_LENGTH) return undefined;
    list = list === undefined ? text : `${list},${text}`;
  }
  return list;
}

/** A string, or UTF-8 bytes, in Lambda's documents a list of numbers. */
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
