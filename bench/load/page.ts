/** Writes the tables of a load into docs/why/benchmarks.md, between their marks. People write the prose. */
import { readFileSync, writeFileSync } from "node:fs";

export const PAGE_PATH = "docs/why/benchmarks.md";

/** @param name `load` or `nodes`, as in the marks of the page */
export function writeSection(name: string, text: string): void {
  const begin = `<!-- npm run load: ${name} -->`;
  const end = `<!-- end of npm run load: ${name} -->`;
  const page = readFileSync(PAGE_PATH, "utf8");
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${PAGE_PATH} has no marks for ${name}`);
  writeFileSync(PAGE_PATH, `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`);
}
