/** The commands and the programs of docs/guide/start.md, and a new project made by them. */
import { inject } from "vitest";
import { folderOfNode, programOf, Project, readPage, type NodeName } from "./project.ts";
import { codeBlocks } from "../support/code-blocks.ts";

export const guide: string = readPage("docs/guide/start.md");
const commands = codeBlocks(guide, "sh");

/** The only block of commands that matches. */
export function block(pattern: RegExp): string {
  const found = commands.filter((text) => pattern.test(text));
  if (found.length !== 1) throw new Error(`${found.length} blocks match ${pattern}`);
  return found[0] ?? "";
}

export const ANSWER = "Room 12 is free.\n";

/** @param ai as it stands in `npm install` */
export async function newProject(
  node: NodeName,
  ai: string,
  major: number,
  install: string,
): Promise<Project> {
  const project = new Project(folderOfNode(node) ?? "", inject("tarball"));
  const newProgram = block(/^npm init -y\nnpm pkg set type=module\nnpm install ai\n$/);
  await project.run(newProgram.replace("npm install ai\n", `npm install ${ai}\n`));
  await project.run(install);
  project.write("model.js", programOf(guide, major === 5 ? "model-5.js" : "model.js"));
  return project;
}

/** Those whose Node is there. CI has all three. */
export function onInstalledNodes<T extends { readonly node: NodeName }>(all: readonly T[]): T[] {
  return all.filter(({ node }) => folderOfNode(node) !== undefined);
}

/** The page says that the parameter has another name there. */
export function onMajor(program: string, major: number): string {
  if (major === 7) return program;
  return program
    .replace(", telemetry }", ", experimental_telemetry: telemetry }")
    .replace(", telemetry: {", ", experimental_telemetry: {");
}
