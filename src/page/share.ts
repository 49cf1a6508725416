/** Copies texts to the clipboard, and saves the page as a file with spans in it. */
import { savedPage } from "../traces/saved-page.ts";
import type { StoredSpan } from "../traces/span-record.ts";
import { byId } from "./dom.ts";

const NOTICE_MS = 2_500;
/** The page before anything is drawn. Its script and style are unchanged, so they match the hashes in its policy. */
const pristinePage = `<!doctype html>\n${document.documentElement.outerHTML}`;

let hideNotice: ReturnType<typeof setTimeout> | undefined;

export function showNotice(text: string): void {
  const notice = byId("notice");
  notice.textContent = text;
  clearTimeout(hideNotice);
  hideNotice = setTimeout(() => (notice.textContent = ""), NOTICE_MS);
}

/** @param what names the text in the notice */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showNotice(`Copied: ${what}`);
  } catch {
    showNotice("The browser does not allow the page to copy");
  }
}

export function savePage(spans: readonly StoredSpan[], name: string): void {
  const url = URL.createObjectURL(new Blob([savedPage(pristinePage, spans)], { type: "text/html" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `ai-spans-${name}.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), NOTICE_MS);
  showNotice(`Saved: ${link.download}`);
}
