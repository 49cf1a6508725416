// docs/guide/bundlers.md has the recipes that test/alias builds with, letter for letter.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const recipes = new URL("../alias/recipes/", import.meta.url);
const page = readFileSync(new URL("../../docs/guide/bundlers.md", import.meta.url), "utf8");
/** A recipe of the page with one more setting, which the page names in words. */
const variant = "vite-inside.config.js";

test("the page has each recipe of the tested projects", () => {
  const names = readdirSync(recipes).filter((name) => name !== variant);
  expect(names.length).toBe(7);
  const missing = names.filter(
    (name) => !page.includes(`\n${readFileSync(new URL(name, recipes), "utf8")}\`\`\``),
  );
  expect(missing).toEqual([]);
});
