/** Makes texts safe to print on a terminal, and measures their columns. */
import { eastAsianWidth } from "get-east-asian-width";

/**
 * Characters that a terminal interprets or does not show:
 * - control characters, among them the one that starts an escape sequence
 * - characters that change the direction of others or join them
 * - halves of a surrogate pair, and code points without a character
 * - line separators
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const REPLACEMENT = "\ufffd";
const ASCII = /^[ -~]*$/;
/** Combining marks, which are drawn in the column of the character before them. */
const COMBINING = /[\p{Mn}\p{Me}]/u;
/** Selects the emoji form of the character before it, which is one column wider. */
const PICTURE_SELECTOR = "\ufe0f";
const ELLIPSIS = "…";

/** The longest text of a span that is kept, in UTF-16 units. */
const TEXT_LIMIT = 256;

/**
 * Replaces each character that a terminal would interpret by U+FFFD, so the text stays on one line. Cuts the text at
 * 256 UTF-16 units. The result is a new string, which does not keep a long original alive.
 */
export function printable(text: string): string {
  const characters = Array.from(text.slice(0, TEXT_LIMIT), (character) =>
    UNPRINTABLE.test(character) ? REPLACEMENT : character,
  );
  if (text.length > TEXT_LIMIT) characters.push(ELLIPSIS);
  return characters.join("");
}

/**
 * The columns that a printable text takes. Some characters have different widths on different terminals. The larger
 * width counts, so that no line gets too wide.
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

/** Cuts a text to at most `width` columns. A text that was cut ends with an ellipsis. */
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
