/**
 * Reads values of carriers as text. A value is a string, bytes, or a list of either. Refuses every value that no
 * propagator writes. So the value of a hostile carrier costs neither time nor memory, and reaches no propagator. This
 * file parses no trace format.
 */
import { isString } from "../foundation/structure.ts";

/** The longest field that a propagator writes: a full `baggage` header (W3C Baggage, section 3.3.2). */
const MAXIMUM_LENGTH = 8192;
/** The limit of W3C Trace Context, section 3.3.1.1. */
const MAXIMUM_TRACESTATE_MEMBERS = 32;
/** A limit that no real message reaches with the values of one field. */
const MAXIMUM_VALUES = 64;
// eslint-disable-next-line no-control-regex -- the pattern finds control characters
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const decoder = new TextDecoder();

/**
 * A field's value as text. Several values are joined by commas, as HTTP does.
 *
 * @returns `undefined` for a value that is refused
 */
export function boundedText(key: string, value: unknown): string | undefined {
  const text = textOf(value);
  if (!text || text.length > MAXIMUM_LENGTH || CONTROL_CHARACTERS.test(text)) return undefined;
  if (key.endsWith("tracestate") && memberCount(text) > MAXIMUM_TRACESTATE_MEMBERS) return undefined;
  return text;
}

/** The text of one value, or of a list of values. A list inside a list is refused. */
function textOf(value: unknown): string | undefined {
  const single = singleText(value);
  if (single !== undefined || !Array.isArray(value) || value.length > MAXIMUM_VALUES) return single;
  let list: string | undefined;
  for (const entry of value) {
    const text = singleText(entry);
    // An entry is no text, or the list is already too long. So the rest of the list is not read.
    if (text === undefined || text.length + (list?.length ?? 0) > MAXIMUM_LENGTH) return undefined;
    list = list === undefined ? text : `${list},${text}`;
  }
  return list;
}

/** The text of a string or of UTF-8 bytes. In Lambda's events, bytes are a list of numbers. */
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
