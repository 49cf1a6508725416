/**
 * Puts spans into the page, so that it is one file that needs no server.
 */
import type { StoredSpan } from "./span-record.ts";

/** Where the page has its spans. It is empty in the page that a server sends. */
export const SAVED_SPANS_ID = "saved-spans";
const OPEN = `<script type="application/json" id="${SAVED_SPANS_ID}">`;
const CLOSE = "</script>";

/** @param page the page as it is built, or as it was saved before */
export function savedPage(page: string, spans: readonly StoredSpan[]): string {
  // In an HTML script, only `<` can end the text or begin a comment. JSON allows the escape in strings, and has `<` nowhere
  // else.
  const json = JSON.stringify(spans).replaceAll("<", String.raw`\u003c`);
  const start = page.indexOf(OPEN) + OPEN.length;
  const end = page.indexOf(CLOSE, start);
  if (start < OPEN.length || end < 0) throw new Error("the page has no place for spans");
  // The page is cut by hand, because `replace` would read `$&` in the spans.
  return `${page.slice(0, start).replace("connect-src 'self'", "connect-src 'none'")}${json}${page.slice(end)}`;
}
