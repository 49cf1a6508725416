/** Builds and packs the package as `npm publish` does. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Packed {
  /** The path of the tarball. */
  readonly tarball: string;
  readonly version: string;
  /** `sha512-` and the base64 of the tarball's hash, as the registry gives it. */
  readonly integrity: string;
  /** What the tarball holds, relative to the package. */
  readonly files: readonly string[];
}

/**
 * @param folder the package
 * @param destination gets the tarball
 * @param environment is added to the environment of the build
 */
export async function pack(
  folder: string,
  destination: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Packed> {
  mkdirSync(destination, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", destination], {
    cwd: folder,
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 26,
  });
  // The build may print before npm does; npm's answer is the JSON array at the end.
  const [packed] = JSON.parse(stdout.slice(stdout.lastIndexOf("\n[") + 1)) as [Listing];
  const { filename, version, integrity, files } = packed;
  return { tarball: join(destination, filename), version, integrity, files: files.map(({ path }) => path) };
}

/** Unpacks a tarball of npm and returns the folder of the package. */
export async function unpack(tarball: string, destination: string): Promise<string> {
  mkdirSync(destination, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", destination]);
  return join(destination, "package");
}

interface Listing {
  readonly filename: string;
  readonly version: string;
  readonly integrity: string;
  readonly files: ReadonlyArray<{ readonly path: string }>;
}
