/**
 * docs/guide/bundlers.md has the recipes that test/alias builds with, letter for letter. Its banner for esbuild fits
 * programs that import `createRequire` themselves.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";
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

test("the banner for esbuild declares no name that a bundled file imports from Node", async () => {
  const [, js = ""] = /^ {4}js: '(.+)',$/m.exec(page) ?? [];
  expect(js).toContain("const require = ");
  const contents =
    'import { createRequire } from "node:module"; console.log(typeof createRequire, typeof require);';
  const { outputFiles } = await build({
    stdin: { contents },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    banner: { js },
  });
  const [bundle] = outputFiles;
  const args = ["--input-type=module"];
  const printed = execFileSync(process.execPath, args, { input: bundle?.text, encoding: "utf8" });
  expect(printed).toBe("function function\n");
}, 60_000);
