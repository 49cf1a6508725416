/**
 * Writes docs/why/benchmarks.md. People write its prose; this module replaces the tables of the last whole run on each Node
 * between two marks.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";

/** Relative to the root of the project, where npm runs its scripts. */
export const PAGE_PATH = "docs/why/benchmarks.md";

/**
 * @param section such as `24` or `24, separate`, as in the marks of the page
 * @throws when the page or its marks are missing
 */
export async function writePage(section: string, tables: string): Promise<void> {
  const page = await readFile(PAGE_PATH, "utf8");
  const begin = `<!-- npm run bench: ${section} -->`;
  const end = `<!-- end of npm run bench: ${section} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${PAGE_PATH} lacks the marks ${begin} and ${end}`);
  await writeFile(PAGE_PATH, `${page.slice(0, from + begin.length)}\n\n${tables}\n\n${page.slice(to)}`);
}

export function environment(node: string, versions: readonly string[]): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `Node ${node} on ${process.platform} ${process.arch}, ${processors.length} × ${model}; ${versions.join(", ")}.`;
}
