/**
 * Text that a terminal prints as it is, and the columns that it takes there.
 */
import { eastAsianWidth } from "get-east-asian-width";

/**
 * What a terminal obeys or does not show: control characters, with the one that starts an escape sequence; characters
 * that reverse or join others; halves of a surrogate pair; line separators; code points without a character.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const REPLACEMENT = "\ufffd";
const ASCII = /^[ -~]*$/;
/** Combining marks: they share the column of the character before them. */
const COMBINING = /[\p{Mn}\p{Me}]/u;
/** Asks for the picture of a character, which takes one column more. */
const PICTURE_SELECTOR = "\ufe0f";
const ELLIPSIS = "…";

/** Longest text of a span that is kept, in UTF-16 units. */
const TEXT_LIMIT = 256;

/**
 * The text on one line, with U+FFFD in place of each character that a terminal would obey. Cut at 256 UTF-16 units.
 * The result is a new string, so it does not keep a long original alive.
 */
export function printable(text: string): string {
  const characters = Array.from(text.slice(0, TEXT_LIMIT), (character) =>
    UNPRINTABLE.test(character) ? REPLACEMENT : character,
  );
  if (text.length > TEXT_LIMIT) characters.push(ELLIPSIS);
  return characters.join("");
}

/**
 * The columns that a printable text takes. Where terminals differ it is the larger number, so that no line gets too
 * wide.
 */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (character === PICTURE_SELECTOR) return 1;
  return COMBINING.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** The text in `width` columns at most. A text that is too long ends with an ellipsis. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  let taken = "";
  let left = width - 1;
  for (const character of text) {
    left -= characterWidth(character);
    if (left < 0) break;
    taken += character;
  }
  return taken + ELLIPSIS;
}
