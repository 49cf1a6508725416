/**
 * A project in an empty folder, in which the commands of a page run as they are printed. Two things are replaced: the
 * package `ai-spans` by its tarball, and the address of the backend by that of the receiver.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeBlocks } from "../support/code-blocks.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../", import.meta.url));

export type NodeName = "node-20" | "node-22" | "node-24";

/** Of the Node that runs the tests, and of those that `npm ci --prefix .ci/nodes` installs. */
export function folderOfNode(name: NodeName): string | undefined {
  if (name === `node-${process.versions.node.split(".")[0]}`) return dirname(process.execPath);
  const folder = join(repository, ".ci/nodes/node_modules", name, "bin");
  return existsSync(join(folder, "node")) ? folder : undefined;
}

export function readPage(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

/** The program that the page shows under this name. */
export function programOf(page: string, name: string): string {
  const [program] = codeBlocks(page, `js ${name}`);
  if (program === undefined) throw new Error(`the page shows no ${name}`);
  return program;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export class Project {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), "ai-spans-install-")));
  readonly #nodeFolder: string;
  readonly #tarball: string;

  constructor(nodeFolder: string, tarball: string) {
    this.#nodeFolder = nodeFolder;
    this.#tarball = tarball;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  /** @param commands as a page prints them */
  async run(commands: string, backend?: string): Promise<Output> {
    const script = commands
      .replaceAll(/^npm install ai-spans /gm, () => `npm install ${this.#tarball} `)
      .replaceAll("http://localhost:4318", () => backend ?? "http://localhost:4318");
    const { NODE_OPTIONS: _options, npm_config_local_prefix: _prefix, ...environment } = process.env;
    return run("bash", ["-euc", script], {
      cwd: this.#folder,
      env: {
        ...environment,
        NO_COLOR: "1",
        PATH: `${this.#nodeFolder}:${process.env["PATH"]}`,
        // The receiver reads JSON.
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    });
  }

  /** The version of an installed package. */
  versionOf(name: string): string {
    const { version } = JSON.parse(
      readFileSync(join(this.#folder, "node_modules", name, "package.json"), "utf8"),
    ) as { readonly version: string };
    return version;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
