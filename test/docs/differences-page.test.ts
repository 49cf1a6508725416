// The section "Older releases" of docs/reference/differences.md is built from the table of test/minors.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withOlderReleases } from "../../docs/differences/section.ts";

test("docs/reference/differences.md is as `npm run docs` writes it", async () => {
  const page = await readFile(new URL("../../docs/reference/differences.md", import.meta.url), "utf8");
  expect(page).toBe(withOlderReleases(page));
});
