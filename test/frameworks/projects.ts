/**
 * The projects of this folder. Each has the files of a section of docs/guide/frameworks.md.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Project {
  /** The absolute path of its folder, with a slash at its end. */
  readonly folder: string;
  /** The file of this folder that is its agent, and the path of the agent in the project. */
  readonly agent: readonly [from: "agent.js" | "agent-v6.js", to: string];
}

/** The agent for AI SDK 7, and for 5 and 6. */
const [V7, V6] = ["agent.js", "agent-v6.js"] as const;

/** By the heading of the section. */
export const projects = {
  Hono: project("hono", V7, "agent.js"),
  Express: project("express", V6, "agent.js"),
  Fastify: project("fastify", V7, "agent.js"),
  NestJS: project("nestjs", V6, "src/agent.js"),
  "Next.js": project("nextjs", V7, "agent.js"),
  SvelteKit: project("sveltekit", V7, "src/lib/server/agent.js"),
  Lambda: project("lambda", V7, "agent.js"),
  "Cloudflare Workers": project("workers", V7, "agent.js"),
  Bun: project("bun", V7, "agent.js"),
  Deno: project("deno", V7, "agent.js"),
} as const satisfies Readonly<Record<string, Project>>;

export type ProjectName = keyof typeof projects;

function project(name: string, from: Project["agent"][0], to: string): Project {
  return { folder: fileURLToPath(new URL(`./${name}/`, import.meta.url)), agent: [from, to] };
}

/** Node 22, which AI SDK 7 asks for: the Node of the tests, or the one that `npm ci --prefix .ci/nodes` installs. */
export function findNode(): string {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const path = fileURLToPath(new URL("../../.ci/nodes/node_modules/node-22/bin/node", import.meta.url));
  if (!existsSync(path)) throw new Error("First run: npm ci --prefix .ci/nodes --ignore-scripts");
  return path;
}
