// Packs the package as `npm publish` does and installs it, offline, into an empty project in a temporary folder. The
// build runs on a copy, so that it does not change the repository's dist.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../", import.meta.url));
// The package's manifest is of this form.
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly files: readonly string[];
};
/** The published files at the root of the repository. */
export const rootFiles: readonly string[] = manifest.files.filter(
  (file) => file !== "dist" && !file.includes("/"),
);
const buildInputs = [
  ...rootFiles,
  "docs",
  "operate",
  "package.json",
  "release",
  "src",
  "tsconfig.json",
  "tsconfig.src.json",
  "tsdown.config.ts",
];

export interface PackedProject {
  /** The empty project that has the package installed. */
  readonly folder: string;
  /** The folder of the installed package. */
  readonly packageFolder: string;
  /** The files of the tarball, as npm lists them. */
  readonly files: readonly string[];
  /** Links an installed package of the repository into the project. */
  readonly install: (name: string) => void;
  readonly remove: () => void;
}

export interface PackedPackage {
  /** A temporary folder, which has the tarball. */
  readonly temporary: string;
  readonly tarball: string;
  /** The files of the tarball, as npm lists them. */
  readonly files: readonly string[];
  readonly remove: () => void;
}

export async function packPackage(): Promise<PackedPackage> {
  const temporary = mkdtempSync(join(tmpdir(), "ai-spans-package-"));
  const copy = join(temporary, "copy");
  for (const input of buildInputs) cpSync(join(repository, input), join(copy, input), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  const packed = await run("npm", ["pack", "--json", "--silent", "--pack-destination", temporary], {
    cwd: copy,
  });
  // The build may print first. npm prints a JSON array at the end.
  const [tarball] = JSON.parse(packed.stdout.slice(packed.stdout.lastIndexOf("\n[") + 1)) as [Tarball];
  return {
    temporary,
    tarball: join(temporary, tarball.filename),
    files: tarball.files.map(({ path }) => path),
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

export async function installPackedPackage(): Promise<PackedProject> {
  const { temporary, tarball, files, remove } = await packPackage();
  const folder = join(temporary, "project");
  mkdirSync(join(folder, "node_modules", "@opentelemetry"), { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", private: true, type: "module" }),
  );
  const install = ["install", "--offline", "--legacy-peer-deps", "--ignore-scripts", "--no-package-lock"];
  await run("npm", [...install, tarball], { cwd: folder });
  mkdirSync(join(folder, "node_modules", "@opentelemetry"), { recursive: true });
  const api = join("node_modules", "@opentelemetry", "api");
  symlinkSync(join(repository, api), join(folder, api));

  return {
    folder,
    packageFolder: join(folder, "node_modules", "ai-spans"),
    files,
    install: (name) => {
      const path = join("node_modules", name);
      symlinkSync(join(repository, path), join(folder, path));
    },
    remove,
  };
}

/** Runs a program under plain Node in `folder`, and parses the JSON that it prints. */
export async function printedJson(
  folder: string,
  program: string,
  inputType: "module" | "commonjs",
): Promise<unknown> {
  const { stdout } = await run(process.execPath, [`--input-type=${inputType}`, "--eval", program], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return JSON.parse(stdout);
}

interface Tarball {
  readonly filename: string;
  readonly files: ReadonlyArray<{ readonly path: string }>;
}
