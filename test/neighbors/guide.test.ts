/**
 * The snippets of docs/guide/beside.md that need packages of neighbors compile with the packages that are installed
 * here.
 */
import { expect, test } from "vitest";
import { complaints, snippetsOf } from "../support/snippets.ts";

/** Only the example of Next.js installs Next.js, so its types are declared here. */
const NEXT = `
declare module "next/server" {
  export function after(work: Promise<unknown> | (() => unknown)): void;
}`;

test("compiles every snippet for the neighbors", () => {
  const snippets = snippetsOf("docs/guide/beside.md", "ts integrations");
  expect(snippets.length).toBeGreaterThan(3);
  expect(complaints(snippets, "test/neighbors/integrations/v7", NEXT)).toEqual([]);
});
