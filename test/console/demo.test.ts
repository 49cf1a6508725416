/**
 * The trees of the README are the demo's own: the demo runs as a user runs it, and two of its trees stand in the README.
 * Only times and bars may differ, because each run has others.
 *
 * Holds: printed-runs.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { withoutTimes } from "./printed.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The turns of the demo whose trees the README shows, by their title. */
const PRINTED_TITLES = ["a booking, streamed over five steps", "the reader leaves a streamed turn"];

async function demoOutput(): Promise<string> {
  const { FORCE_COLOR: _color, OTEL_EXPORTER_OTLP_ENDPOINT: _endpoint, ...env } = process.env;
  const { stdout } = await run(process.execPath, ["--import", "tsx", "examples/demo/main.ts"], {
    cwd: root,
    env,
  });
  return stdout;
}

function treeOf(output: string, title: string): string {
  const [, tree = ""] = output.split(`. ${title}\n\n`)[1]?.match(/^(span [\s\S]*?\n)\n/) ?? [];
  return tree;
}

test("the README shows the trees that the demo prints", async () => {
  const output = await demoOutput();
  const printed = PRINTED_TITLES.map((title) => treeOf(output, title)).join("\n");
  const blocks = readFileSync(`${root}README.md`, "utf8").matchAll(/^```\n(span [\s\S]*?)^```/gm);
  const ofReadme = Array.from(blocks, ([, tree = ""]) => tree).join("\n");
  expect(printed).toContain("invoke_agent booking-agent");
  expect(withoutTimes(ofReadme)).toBe(withoutTimes(printed));
  // No turn of the demo has failed, and each has a tree.
  expect(output.match(/^span .*outcome/gm)).toHaveLength(6);
  expect(output).not.toMatch(/^failed|not the whole run/m);
}, 180_000);
