/** A clean copy of the repository in a folder of its own, which has nothing but the files that git has or would add. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { INLINED_PACKAGES } from "./inlined-packages.ts";

export const repository = fileURLToPath(new URL("../", import.meta.url));

/**
 * Writes the files of the repository into `folder`, and links its packages. A package that the build inlines is copied: the
 * build writes the path of each inlined file, and a link would change that path.
 */
export function checkOut(folder: string): void {
  const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", listed, { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 26 })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(repository, path)));
  mkdirSync(folder, { recursive: true });
  for (const path of files) cpSync(join(repository, path), join(folder, path), { verbatimSymlinks: true });
  linkPackages(join(repository, "node_modules"), join(folder, "node_modules"), "");
}

function linkPackages(from: string, to: string, scope: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (name.startsWith("@")) linkPackages(source, target, `${name}/`);
    else if (INLINED_PACKAGES.includes(`${scope}${name}`)) cpSync(source, target, { recursive: true });
    // What tools have cached must not reach the build.
    else if (name !== ".cache") symlinkSync(source, target);
  }
}
