/**
 * The entry under another test runner. The examples of the guide run unchanged, and `node:test` prints a failure. The
 * example for vitest is a test file of this suite.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
/** Ends only a process that hangs for ever. */
const HUNG_MS = 60_000;

/** Runs `node --test`, and returns what it prints and its exit code. */
async function runUnderNode(file: string): Promise<{ code: unknown; printed: string }> {
  const command = ["--import", "tsx", "--test", "--test-reporter=spec", file];
  const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" }, timeout: HUNG_MS };
  return run(process.execPath, command, options).then(
    ({ stdout }) => ({ code: 0, printed: stdout }),
    ({ code, stdout }: { code: unknown; stdout: string }) => ({ code, printed: stdout }),
  );
}

test(
  "node:test runs the example of the guide",
  async () => {
    const { code, printed } = await runUnderNode("examples/testing/booking-agent.node.ts");
    expect(code, printed).toBe(0);
    expect(printed).toMatch(/pass 2\n/);
  },
  HUNG_MS,
);

describe("under node:test", () => {
  const failed = runUnderNode("test/testing/failing.node.ts");

  test(
    "each assertion fails",
    async () => {
      const { code, printed } = await failed;
      expect(code, printed).toBe(1);
      expect(printed).toMatch(/pass 0\n/);
      expect(printed).toMatch(/fail 3\n/);
    },
    HUNG_MS,
  );

  test.each([
    ["every difference", "run booking-agent > chat gpt-4o: tokens is 9, expected what isAnswer accepts\n"],
    [
      "the tree that is there",
      String.raw`actual: 'run booking-agent  INTERNAL\n└── chat gpt-4o  CLIENT\n      tokens: 9'`,
    ],
    [
      "the tree that is expected",
      String.raw`\n└── chat gpt-4o  CLIENT\n      tokens: what isAnswer accepts'`,
    ],
    ["the spans that are open", "  run booking-agent > execute_tool searchRooms\n"],
    ["the content that was found", '"Ms Mayer" is in run booking-agent: attribute guest (as it is)'],
    ["errors as assertions", "[AssertionError]: expectSpanTree: "],
  ])("failures say %s", async (_name, text) => {
    expect((await failed).printed).toContain(text);
  });
});

test.each(["booking-agent.test.ts", "booking-agent.node.ts"])("the guide has %s as it is", (name) => {
  const guide = readFileSync(`${root}docs/guide/testing.md`, "utf8");
  const example = readFileSync(`${root}examples/testing/${name}`, "utf8");
  expect(guide).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
});
