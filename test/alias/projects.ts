/**
 * The projects `v5`, `v6` and `v7`: what builds and runs them, and the spans that each of them must give.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { agentSpan, chatSpan, modelSpan, toolSpan } from "../conformance/expected-spans.ts";
import { otlpTrees, type OtlpRequest } from "../support/otlp-spans.ts";
import { completeSpan, type ExpectedSpan } from "../support/span-tree.ts";

export const majors = ["v5", "v6", "v7"] as const;
export type Major = (typeof majors)[number];

/** What `program.js` returns. */
export interface ProgramOutput {
  /** The names of the module `ai`. */
  readonly names: readonly string[];
  /** Those of them that are `undefined`. */
  readonly missing: readonly string[];
  /** Whether each way to import `ai` gives the same function. */
  readonly isOneModule: boolean;
  /** Whether an agent is an instance of its class and of the SDK's. */
  readonly isInstance: boolean;
  readonly values: readonly string[];
  readonly request: OtlpRequest;
}

const run = promisify(execFile);
const folder = fileURLToPath(new URL(".", import.meta.url));

export function projectOf(major: Major): string {
  return `${folder}${major}/`;
}

/** A program of a package that is installed for all projects. */
export function installed(path: string): string {
  return `${folder}node_modules/${path}`;
}

/** Runs a program in the folder of a project. */
export async function runIn(
  major: Major,
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production", ...variables };
  try {
    const { stdout } = await run(command, [...args], { cwd: projectOf(major), env, maxBuffer: 100_000_000 });
    return stdout;
  } catch (error) {
    // Some bundlers print what is wrong to their standard output.
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}\n${stderr}`, { cause: error });
  }
}

export async function runNode(major: Major, ...args: string[]): Promise<string> {
  return runIn(major, process.execPath, args);
}

const loop = [chatSpan({ finish: "tool_call" }), toolSpan("searchRooms", "call-1"), chatSpan()];

/** The spans of `program.js`, the same on each major. */
export const expectedTrees: readonly ExpectedSpan[] = [
  agentSpan({}, loop),
  agentSpan({}, loop),
  agentSpan({}, [chatSpan({ streaming: true })]),
  modelSpan("embeddings", {
    usage: { input: 3 },
    attributes: { "gen_ai.embeddings.dimension.count": 2 },
  }),
];

/** Whole span trees, and a program that has got the same as without an alias. */
export function expectTraced(output: ProgramOutput): void {
  expect(otlpTrees(output.request)).toEqual(expectedTrees.map(completeSpan));
  expectValues(output);
}

export function expectValues(output: ProgramOutput): void {
  expect(output.values).toEqual(["two rooms", "two rooms", "a room in Paris", "1,0"]);
  expect(output).toMatchObject({ isOneModule: true, isInstance: true });
}

export function parse(printed: string): ProgramOutput {
  return JSON.parse(printed) as ProgramOutput;
}
