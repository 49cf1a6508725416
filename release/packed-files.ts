/**
 * The report of the packed files. The name of a chunk ends with a hash, which changes with its content, so the report has a
 * star for it. Files that package.json names have no hash. The pages of a folder of docs/ are one line, because each new
 * page is published.
 */

/**
 * @param files the paths of the files in the tarball
 * @param manifest the package.json of the package
 */
export function packedFilesReport(files: readonly string[], manifest: object): string {
  const named = pathsIn(manifest);
  const lines = files.map((path) =>
    named.has(path) ? path : path.replace(CHUNK, "$1-*$2").replace(PAGE, "$1*.md"),
  );
  const [pages, others] = [lines.filter((line) => PAGE.test(line)), lines.filter((line) => !PAGE.test(line))];
  return `${[...new Set(pages), ...others].toSorted().join("\n")}\n`;
}

const PAGE = /^(docs\/.+\/)[^/]+\.md$/;
const CHUNK = /^(dist\/.+)-[\w-]{8}(\.[a-z.]+)$/;

function pathsIn(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value.replace(/^\.\//, "")]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.values(value).flatMap((part) => [...pathsIn(part)]));
}
