/** Copies texts to the clipboard, and saves the page as a file with spans in it. */
import { savedPage } from "../traces/saved-page.ts";
import type { StoredSpan } from "../traces/span-record.ts";
import { byId } from "./dom.ts";

const MESSAGE_MS = 2_500;
/** The page before anything is drawn. Its script and style are unchanged, so they match the hashes in its policy. */
const pristinePage = `<!doctype html>\n${document.documentElement.outerHTML}`;

let clearTimer: ReturnType<typeof setTimeout> | undefined;

export function showMessage(text: string): void {
  const element = byId("message");
  element.textContent = text;
  clearTimeout(clearTimer);
  clearTimer = setTimeout(() => (element.textContent = ""), MESSAGE_MS);
}

/** @param what names the text in the message */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showMessage(`Copied: ${what}`);
  } catch {
    showMessage("The browser does not allow the page to copy");
  }
}

export function savePage(spans: readonly StoredSpan[], name: string): void {
  const url = URL.createObjectURL(new Blob([savedPage(pristinePage, spans)], { type: "text/html" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `ai-spans-${name}.html`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), MESSAGE_MS);
  showMessage(`Saved: ${link.download}`);
}
