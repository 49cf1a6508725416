/**
 * Every example of the guide runs unchanged, and prints the traces that the guide prints for it.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = readFileSync(`${root}docs/guide/boundaries.md`, "utf8");
/** The examples are not in the package, so the guide links to them there. */
const ON_FORGE = "https://github.com/ai-spans/ai-spans/blob/main/";
/** Modules that the examples import. They are no programs. */
const PARTS = new Set(["agent.ts", "telemetry.ts"]);
const examples = readdirSync(`${root}examples/propagation`).filter(
  (name) => name.endsWith(".ts") && !PARTS.has(name),
);
/** Ends only a program that hangs for ever. */
const HUNG_MS = 120_000;

/** The block of text that follows the link to an example. */
function tracesInGuide(example: string): string | undefined {
  const [, after] = guide.split(`](${ON_FORGE}examples/propagation/${example})`);
  return after && /```text\n([\s\S]*?)```/.exec(after)?.[1];
}

test("the guide has an example for each of its scenarios", () => {
  expect(examples.toSorted()).toEqual([
    "durable-objects.ts",
    "grpc.ts",
    "http.ts",
    "in-process.ts",
    "jobs.ts",
    "queues.ts",
    "serverless.ts",
    "sockets.ts",
    "tenants.ts",
    "workflows.ts",
  ]);
});

test.each(examples)(
  "%s prints the traces of the guide",
  async (example) => {
    const { stdout } = await run(process.execPath, ["--import", "tsx", `examples/propagation/${example}`], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: "", AI_SPANS_TRACE_MODE: "" },
      timeout: HUNG_MS,
    });
    expect(stdout).not.toBe("");
    expect(stdout).toBe(tracesInGuide(example));
  },
  HUNG_MS + 10_000,
);
