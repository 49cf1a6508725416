/** Creates and finds elements. Texts are inserted as text, never as HTML. */

/** @param classes separated by spaces */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  classes = "",
  content: string | readonly Node[] = [],
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  if (classes !== "") created.className = classes;
  if (typeof content === "string") created.textContent = content;
  else created.append(...content);
  return created;
}

/**
 * Isolates a text that came from a span. Right-to-left characters in it do not change the direction of the text around
 * it.
 */
export function foreignText(text: string): HTMLElement {
  return element("bdi", "", text);
}

/** @throws Error where the page has no such element */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
