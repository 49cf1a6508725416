/**
 * How long a text on a span may be, whoever gave it.
 */

/** In UTF-16 units. */
const TEXT_LIMIT = 1024;

export function cutText(text: string): string {
  // Half of a surrogate pair is no text.
  return text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT).replace(/[\ud800-\udbff]$/, "") : text;
}
