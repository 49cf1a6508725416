/**
 * The report of the packed files. The name of a chunk ends with a hash, which changes with its content, so the report has a
 * star for it. Files that package.json names have no hash.
 */

/**
 * @param files the paths of the files in the tarball
 * @param manifest the package.json of the package
 */
export function packedFilesReport(files: readonly string[], manifest: object): string {
  const named = pathsIn(manifest);
  const lines = files.map((path) => (named.has(path) ? path : path.replace(CHUNK, "$1-*$2")));
  return `${lines.toSorted().join("\n")}\n`;
}

const CHUNK = /^(dist\/.+)-[\w-]{8}(\.[a-z.]+)$/;

function pathsIn(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value.replace(/^\.\//, "")]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.values(value).flatMap((part) => [...pathsIn(part)]));
}
