/**
 * Writes docs/why/benchmarks.md. People write its prose; this module replaces the tables of the last whole run between
 * two marks.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";

const BEGIN = "<!-- begin: written by npm run bench -- --write -->";
const END = "<!-- end -->";

/** Relative to the root of the project, where npm runs its scripts. */
export const PAGE_PATH = "docs/why/benchmarks.md";

/** @throws when the page or its marks are missing */
export async function writePage(tables: string): Promise<void> {
  const page = await readFile(PAGE_PATH, "utf8");
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${PAGE_PATH} lacks the marks ${BEGIN} and ${END}`);
  await writeFile(PAGE_PATH, `${page.slice(0, begin + BEGIN.length)}\n${tables}\n${page.slice(end)}`);
}

export function environment(versions: readonly string[]): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `Node ${process.version} on ${process.platform} ${process.arch}, ${processors.length} × ${model}; ${versions.join(", ")}.`;
}
