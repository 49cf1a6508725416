/**
 * docs/guide/frameworks.md prints the projects of test/frameworks: each of their files, letter for letter, and install
 * lines with the versions of their lockfiles.
 *
 * Holds: frameworks.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sectionOf, sections } from "../frameworks/page.ts";
import { projects, type Project } from "../frameworks/projects.ts";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const entries = Object.entries<Project>(projects);

test("the page has a section for each project, and the agents", () => {
  expect(sections.map(({ heading }) => heading)).toEqual(["The agent", ...entries.map(([name]) => name)]);
  const page = readFileSync(new URL("../../docs/guide/frameworks.md", import.meta.url), "utf8");
  for (const name of ["agent.js", "agent-v6.js"]) {
    const agent = readFileSync(new URL(`../frameworks/${name}`, import.meta.url), "utf8");
    expect(page).toContain(`\n\`\`\`js agent.js\n${agent}\`\`\``);
  }
});

describe.each(entries)("%s", (heading, { folder }) => {
  const { install, files } = sectionOf(heading);
  const manifest = JSON.parse(readFileSync(`${folder}package.json`, "utf8")) as Manifest;

  test("the page has the files of the project", () => {
    const paths = Object.keys(files);
    expect(paths.length).toBeGreaterThan(0);
    const inProject = paths.map((path) => [
      path,
      existsSync(folder + path) && readFileSync(folder + path, "utf8"),
    ]);
    expect(Object.fromEntries(inProject)).toEqual(files);
  });

  test("the install lines name the versions of the project", () => {
    const packages = install
      .flatMap((line) => line.split(" ").slice(2))
      .filter((word) => !word.startsWith("--"));
    const versions = { ...manifest.devDependencies, ...manifest.dependencies };
    // They replace what the reader has: the runtime, and that of Lambda.
    for (const name of ["aws-lambda-ric", "bun", "deno"]) delete (versions as Record<string, string>)[name];
    const expected = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
    expect(packages.toSorted()).toEqual(["ai-spans", ...expected].toSorted());
  });
});
