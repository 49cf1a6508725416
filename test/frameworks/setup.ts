/**
 * Packs the package, and runs the install lines of the page with the tarball instead of `ai-spans`. Each line runs
 * as it is printed, in the folder of its project: npm fails if the versions of a line do not go together.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { installPackedPackage } from "../package/packed-project.ts";
import { sectionOf } from "./page.ts";
import { projects, type Project } from "./projects.ts";

const run = promisify(execFile);

/** Nothing of a package runs, and npm asks a registry only for what it does not have. */
const QUIET = {
  npm_config_ignore_scripts: "true",
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
};

const entries = Object.entries<Project>(projects);

export async function setup(): Promise<() => void> {
  const packed = await installPackedPackage();
  const { stdout } = await run("npm", ["pack", "--silent", "--ignore-scripts", packed.packageFolder], {
    cwd: packed.folder,
  });
  const tarball = join(packed.folder, stdout.trim());
  const install = (all: typeof entries): Promise<void> =>
    all.reduce((before, entry) => before.then(() => prepare(...entry, tarball)), Promise.resolve());
  // Two at a time.
  await Promise.all([0, 1].map((half) => install(entries.filter((_entry, index) => index % 2 === half))));
  packed.remove();
  return () => {
    for (const { folder, agent } of Object.values<Project>(projects)) {
      rmSync(`${folder}node_modules/ai-spans`, { recursive: true, force: true });
      rmSync(folder + agent[1], { force: true });
    }
  };
}

async function prepare(heading: string, { folder, agent }: Project, tarball: string): Promise<void> {
  const [from, to] = agent;
  mkdirSync(dirname(folder + to), { recursive: true });
  copyFileSync(new URL(from, import.meta.url), folder + to);
  const saved = ["package.json", "package-lock.json"].map((name) => folder + name);
  const texts = saved.map((path) => readFileSync(path));
  try {
    for (const line of sectionOf(heading).install) {
      const [npm = "", ...args] = line.replace(/ ai-spans(?= |$)/, ` ${tarball}`).split(" ");
      await run(npm, args, { cwd: folder, env: { ...process.env, ...QUIET } });
    }
  } finally {
    // npm has written the tarball into both.
    for (const [index, path] of saved.entries()) writeFileSync(path, texts[index] ?? "");
  }
}
