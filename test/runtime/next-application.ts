/**
 * Copies the Next.js example into an empty folder outside the repository, installs the packed package there, and builds
 * and starts it.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { installPackedPackage } from "../package/packed-project.ts";
import { kill, printed } from "./printed.ts";

const run = promisify(execFile);
const example = fileURLToPath(new URL("../../examples/next", import.meta.url));
/** What a build leaves in the repository. The copy must not have it. */
const artifacts = new Set(["node_modules", ".next", "next-env.d.ts"]);

export interface NextApplication {
  /** The URL of the application. */
  readonly url: URL;
  close(): Promise<void>;
}

/** @param variables more environment variables of the application */
export async function startNextApplication(
  variables: Readonly<Record<string, string>>,
): Promise<NextApplication> {
  const temporary = mkdtempSync(join(tmpdir(), "ai-spans-next-"));
  const remove = (): void => rmSync(temporary, { recursive: true, force: true });
  try {
    return await startIn(temporary, remove, variables);
  } catch (error) {
    remove();
    throw error;
  }
}

async function startIn(
  temporary: string,
  remove: () => void,
  variables: Readonly<Record<string, string>>,
): Promise<NextApplication> {
  const folder = join(temporary, "application");
  cpSync(example, folder, { recursive: true, filter: (source) => !artifacts.has(basename(source)) });
  await installPackageIn(folder, temporary);

  const next = join(folder, "node_modules/next/dist/bin/next");
  const env = {
    ...process.env,
    ...variables,
    NODE_ENV: "production" as const,
    NEXT_TELEMETRY_DISABLED: "1",
  };
  await run(process.execPath, [next, "build"], { cwd: folder, env }).catch((error: unknown) => {
    // The build prints type errors to its standard output.
    throw new Error((error as { readonly stdout?: string }).stdout, { cause: error });
  });
  const server = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", "0"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    url: await addressOf(server),
    async close() {
      await kill(server);
      remove();
    },
  };
}

/** npm would look up the version range of the example's `package.json` in a registry. So the tarball replaces it. */
async function installPackageIn(folder: string, temporary: string): Promise<void> {
  const project = await installPackedPackage();
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", temporary];
  const { stdout } = await run("npm", [...pack, project.packageFolder]);
  project.remove();
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", [...install, join(temporary, stdout.trim())], { cwd: folder });
}

function addressOf(server: ChildProcess): Promise<URL> {
  return printed(server, (text) => {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    return address && text.includes("Ready") ? new URL(address) : undefined;
  });
}
