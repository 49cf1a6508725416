/** Writes spans into the page, so that it is one file that needs no server. */
import type { StoredSpan } from "./span-record.ts";

/** The id of the script element that holds the saved spans. In the page that a server sends, this element is empty. */
export const SAVED_SPANS_ID = "saved-spans";
const OPEN = `<script type="application/json" id="${SAVED_SPANS_ID}">`;
const CLOSE = "</script>";

/** @param page the built page, or a page that was saved before */
export function savedPage(page: string, spans: readonly StoredSpan[]): string {
  // In a script element, only `<` can end the element or begin a comment. JSON has `<` only in strings, where the
  // escape is allowed.
  const json = JSON.stringify(spans).replaceAll("<", String.raw`\u003c`);
  const start = page.indexOf(OPEN) + OPEN.length;
  const end = page.indexOf(CLOSE, start);
  if (start < OPEN.length || end < 0) throw new Error("the page has no place for spans");
  // Not `replace` with the spans as replacement: it would interpret `$&` in them.
  return `${page.slice(0, start).replace("connect-src 'self'", "connect-src 'none'")}${json}${page.slice(end)}`;
}
