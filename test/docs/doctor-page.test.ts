// docs/guide/doctor.md: its section of findings is built from the table of checks.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withFindings } from "../../docs/doctor/findings.ts";
import { checks } from "../../src/doctor/checks.ts";

const page = await readFile(new URL("../../docs/guide/doctor.md", import.meta.url), "utf8");

test("docs/guide/doctor.md is as `npm run docs` writes it", () => {
  expect(page).toBe(withFindings(page));
});

test("has a heading for each check, and names each id once in the table", () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...page.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)).toEqual(ids);
});

test("states how many checks there are", () => {
  expect(page).toContain(`1 finding of ${checks.length} checks`);
});
