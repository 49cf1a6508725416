/**
 * The snippets of docs/guide/beside.md that need a neighbor's packages compile with those that are installed here.
 */
import { expect, test } from "vitest";
import { complaints, snippetsOf } from "../support/snippets.ts";

/** Next.js itself is installed for its example alone. */
const NEXT = `
declare module "next/server" {
  export function after(work: Promise<unknown> | (() => unknown)): void;
}`;

test("compiles every snippet for the neighbors", () => {
  const snippets = snippetsOf("docs/guide/beside.md", "ts integrations");
  expect(snippets.length).toBeGreaterThan(3);
  expect(complaints(snippets, "test/neighbors/integrations/v7", NEXT)).toEqual([]);
});
