/** The file of the package that gives the licenses of what the build inlines. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { INLINED_PACKAGES } from "./inlined-packages.ts";
import { repository } from "./checkout.ts";

export const LICENSES_FILE = "THIRD-PARTY-LICENSES.txt";

interface InlinedManifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly homepage?: string;
}

/** The manifest of a package that is installed in the repository. */
export function manifestOf(name: string): InlinedManifest {
  return JSON.parse(readFileSync(join(repository, "node_modules", name, "package.json"), "utf8"));
}

/** The text of THIRD-PARTY-LICENSES.txt. */
export function thirdPartyLicenses(): string {
  const head =
    "ai-spans is under the MIT license: see LICENSE.\nFiles in dist also hold parts of the packages below, each under its own license.\n";
  return [head, ...INLINED_PACKAGES.map(sectionOf)].join("\n");
}

function sectionOf(name: string): string {
  const { version, license, homepage } = manifestOf(name);
  const text = licenseOf(name);
  return `${"-".repeat(80)}\n${name} ${version} (${license})${homepage ? `\n${homepage}` : ""}\n\n${text}\n`;
}

/**
 * The text of the license that a package installed in the repository has.
 *
 * @throws Error when the package has no such file
 */
export function licenseOf(name: string): string {
  const folder = join(repository, "node_modules", name);
  const file = readdirSync(folder).find((path) => /^licen[cs]e(\.\w+)?$/i.test(path));
  if (!file) throw new Error(`${name} has no license file, so the build must not inline it`);
  return readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trimEnd();
}

/** The packages that the marks of the bundler name as sources of a built file. */
export function packagesInlinedIn(code: string): string[] {
  const sources = [...code.matchAll(/^\/\/#region (.*)$/gm)].map(([, source = ""]) => source);
  const names = sources.flatMap((source) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}
