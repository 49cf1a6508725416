/**
 * Finds every text in a value: keys, values, entries, symbols, bytes, and all properties of errors.
 */
const BYTES = new TextDecoder();

export function stringsIn(value: unknown): string[] {
  const strings: string[] = [];
  const visited = new Set<object>();
  const queue: unknown[] = [value];
  while (queue.length > 0) {
    const next = queue.pop();
    if (typeof next === "string") strings.push(next);
    else if (typeof next === "symbol") strings.push(next.description ?? "");
    else if (typeof next === "object" && next !== null) {
      if (visited.has(next)) continue;
      visited.add(next);
      queue.push(...partsOf(next, strings));
    } else if (typeof next !== "function") strings.push(String(next));
  }
  return strings;
}

function partsOf(object: object, strings: string[]): unknown[] {
  if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) {
    strings.push(BYTES.decode(object));
    return [];
  }
  const parts: unknown[] = [];
  if (object instanceof Map) parts.push(...object.entries());
  if (object instanceof Set) parts.push(...object);
  if (object instanceof Headers || object instanceof URLSearchParams) parts.push(...object.entries());
  if (object instanceof URL) parts.push(object.href);
  // All own keys, because the properties of an error are not enumerable.
  for (const key of Reflect.ownKeys(object)) {
    if (!Array.isArray(object)) parts.push(key);
    parts.push(Reflect.get(object, key));
  }
  return parts;
}
