/** The entries of the package, as package.json exports them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Entry {
  /** What an import adds to the package's name: `.` or `./mcp`. */
  readonly path: string;
  /** The name of its report: `index` or `mcp`. */
  readonly name: string;
  /** Its types for an import and for a `require`, relative to the package. Absent where the entry has none. */
  readonly types: { readonly import?: string; readonly require?: string };
}

interface Target {
  readonly types?: string;
}

interface Manifest {
  readonly exports: Readonly<
    Record<
      string,
      string | (Target & { readonly import?: Target | string; readonly require?: Target | string })
    >
  >;
}

/** @param packageFolder where the package.json is */
export function entriesOf(packageFolder: string): Entry[] {
  const { exports } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as Manifest;
  // A pattern is another way to write an entry: `ai-spans/view?port=4090`.
  const isEntry = (path: string): boolean => path !== "./package.json" && !path.includes("*");
  return Object.entries(exports)
    .filter(([path]) => isEntry(path))
    .map(([path, target]) => ({ path, name: nameOf(path), types: typesOf(target) }));
}

function nameOf(path: string): string {
  return path === "." ? "index" : path.slice("./".length).replaceAll("/", "-");
}

function typesOf(target: Manifest["exports"][string]): Entry["types"] {
  if (typeof target === "string") return {};
  const of = (condition: "import" | "require"): string | undefined => {
    const found = target[condition];
    return (typeof found === "object" ? found.types : undefined) ?? target.types;
  };
  const [forImport, forRequire] = [of("import"), of("require")];
  return { ...(forImport && { import: forImport }), ...(forRequire && { require: forRequire }) };
}
