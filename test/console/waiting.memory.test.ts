/**
 * A span that waits for its root keeps neither itself nor its long texts alive, and a printed run keeps nothing.
 *
 * Holds: printed-runs, no-leak.
 */
import { expect, test } from "vitest";
import { settle, turn } from "../support/gate.ts";
import { createPrinting } from "./printed.ts";
import { makeSpans } from "./timed-spans.ts";

const MEGABYTE = 1_000_000;

function usedBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

test("two hundred waiting spans of a megabyte each take less than five megabytes", async () => {
  const printing = createPrinting();
  const root = makeSpans(printing, { name: "main", isOpen: true });
  const before = usedBytes();
  for (let count = 0; count < 200; count += 1) {
    const text = String.fromCharCode(97 + (count % 26)).repeat(MEGABYTE);
    makeSpans(
      printing,
      { name: `${count} ${text}`, operation: "chat", attributes: { "error.type": `${count} ${text}`, text } },
      root,
    );
  }
  // The SDK keeps a span until the promise of its export is settled.
  await turn();
  expect(usedBytes() - before).toBeLessThan(5 * MEGABYTE);
  root.end();
  expect(printing.lines()).toHaveLength(202);
});

test("the spans of a run are collected, while others wait", async () => {
  const printing = createPrinting({ stream: { write: () => {} } });
  makeSpans(printing, { name: "main", isOpen: true, below: [{ name: "chat waits", operation: "chat" }] });
  const collected: string[] = [];
  const registry = new FinalizationRegistry<string>((name) => collected.push(name));
  const observe = (name: string, span: object): void => registry.register(span, name);
  observe("printed", makeSpans(printing, { name: "chat", operation: "chat" }));
  observe("left out", makeSpans(printing, { name: "GET" }));
  await settle(() => {
    globalThis.gc?.();
    return collected.length === 2;
  });
  expect(collected.toSorted()).toEqual(["left out", "printed"]);
});
