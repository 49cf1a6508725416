/**
 * `--import ai-spans/view` in real programs: the page's spans are those of the program, and the program is as it was.
 *
 * Holds: view-flag.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ChildProcess } from "node:child_process";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import { createFixture } from "./fixture.ts";
import { ended, exportingTo, LINE_3, MAJORS, NODES, type Project } from "./project.ts";
import { TEXTS, TREES } from "./workload-trees.ts";
import { freePort } from "../../support/loopback.ts";
import { readEvents, readSpans, treesOf } from "../../view/read-events.ts";

const fixture = createFixture();

/** Waits for the line that the flag prints. */
async function pageOf(child: ChildProcess): Promise<URL> {
  if (!child.stderr) throw new Error("the program has no standard error");
  for await (const line of createInterface(child.stderr)) {
    const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0];
    if (address) return new URL(address);
  }
  throw new Error("the program printed no address");
}

const VIEW = ["--import", "ai-spans/view"];
const HOLD = { AI_SPANS_VIEW_HOLD: "true" };

async function heldSpans(project: Project, args: readonly string[], environment = {}): Promise<unknown> {
  const child = project.start(NODES[0]!, args, { ...HOLD, ...environment });
  try {
    const page = await pageOf(child);
    return treesOf(await readSpans(page, (spans) => spans.filter(isEndedRoot).length >= TREES.length));
  } finally {
    child.kill();
    await once(child, "close");
  }
}

const isEndedRoot = ({ parentId, end }: { parentId?: string | undefined; end?: number | undefined }) =>
  parentId === undefined && end !== undefined;

describe.each(MAJORS)("AI SDK %s", { timeout: 120_000 }, (major) => {
  test.each([
    ["a program without an SDK", [...VIEW, "static-import.mjs"]],
    ["CommonJS", ["--require", "ai-spans/view", "with-require.cjs"]],
    ["a program with an SDK of its own", [...VIEW, "own-sdk.cjs"]],
  ])("shows the runs of %s", async (_name, args) => {
    expect(await heldSpans(fixture.project(major), args)).toEqual(TREES);
  });
});

describe("on AI SDK 7", { timeout: 120_000 }, () => {
  test("takes nothing away from the program's own provider", async () => {
    const { stdout, code } = await fixture.project("v7").run(NODES[0]!, [...VIEW, "own-sdk.cjs"]);
    expect({ trees: JSON.parse(stdout), code }).toEqual({ trees: TREES, code: 0 });
  });

  test("exports as before where an endpoint is set", async () => {
    const { receiver } = fixture;
    const child = fixture
      .project("v7")
      .start(NODES[0]!, [...VIEW, "static-import.mjs"], exportingTo(receiver.url));
    const { stdout, code } = await ended(child);
    expect({ texts: JSON.parse(stdout), code }).toEqual({ texts: TEXTS, code: 0 });
    expect(receiver.trees()).toEqual(TREES);
  });

  test("ends with the program, and says how the page can stay if nobody has opened it", async () => {
    const project = fixture.project("v7");
    const { stderr, code } = await project.run(NODES[0]!, [...VIEW, "static-import.mjs"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^ai-spans: the runs of this process are at http:\/\/127\.0\.0\.1:\d+\/\nai-spans: the page has ended with the program\. AI_SPANS_VIEW_HOLD=true keeps it\n$/,
    );
    const untilRead = "process.stdin.resume().once('data', () => process.exit(3));";
    const child = project.start(NODES[0]!, [...VIEW, "--eval", untilRead], {}, "pipe");
    const stop = new AbortController();
    const page = await pageOf(child);
    const connected = await readEvents(page, stop.signal).next();
    expect(connected.value).toMatchObject({ event: "hello" });
    const end = ended(child);
    child.stdin?.end("stop\n");
    expect(await end).toMatchObject({ stderr: "", code: 3 });
    stop.abort();
  });

  test("takes a free port and says so where the port is taken", async () => {
    const project = fixture.project("v7");
    const first = project.start(NODES[0]!, [...VIEW, "static-import.mjs"], HOLD);
    try {
      const { port } = await pageOf(first);
      const { stderr, code } = await project.run(NODES[0]!, [...VIEW, "static-import.mjs"], {
        AI_SPANS_VIEW_PORT: port,
      });
      expect(code).toBe(0);
      expect(stderr).toContain("AI_SPANS_VIEW_PORT is ignored: the port cannot be used (EADDRINUSE)");
      expect(stderr).toMatch(/the runs of this process are at http:\/\/127\.0\.0\.1:\d+\//);
    } finally {
      first.kill();
      await once(first, "close");
    }
  });

  test.each(NODES)("takes the port that the option names, on $name", async (node) => {
    for (const [option, program] of [
      ["--import", "static-import.mjs"],
      ["--require", "with-require.cjs"],
    ] as const) {
      const port = await freePort();
      const args = [option, `ai-spans/view?port=${port}`, program];
      const { stderr, code } = await fixture.project("v7").run(node, args, { AI_SPANS_VIEW_PORT: "1" });
      expect(code).toBe(0);
      expect(stderr).toContain(`ai-spans: the runs of this process are at http://127.0.0.1:${port}/\n`);
    }
  });

  test("has a page of its own for each worker of a cluster", async () => {
    const program = [
      'const cluster = require("node:cluster");',
      'cluster.setupPrimary({ exec: "static-import.mjs", execArgv: ["--import", "ai-spans/view"] });',
      "for (const _ of [1, 2]) cluster.fork();",
    ];
    const child = fixture.project("v7").start(NODES[0]!, [...VIEW, "--eval", program.join("\n")]);
    try {
      const ports: unknown[] = [];
      for await (const line of createInterface(child.stderr!)) {
        ports.push(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
        if (ports.length === 3) break;
      }
      expect(ports).toEqual([1, 2, 3].map(() => expect.stringMatching(/^\d+$/)));
      expect(new Set(ports).size).toBe(3);
    } finally {
      child.kill();
      await once(child, "close");
    }
  });

  test("says so where the option names no port", async () => {
    const args = ["--import", "ai-spans/view?port=http", "--eval", ""];
    const { stderr } = await fixture.project("v7").run(NODES[0]!, args);
    expect(stderr).toContain("the port of the option is ignored: it must be a whole number from 0 to 65535");
    expect(stderr).toMatch(/the runs of this process are at http:\/\/127\.0\.0\.1:\d+\//);
  });

  test("an open page connects again after the program is restarted", async () => {
    const project = fixture.project("v7");
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    let child = project.start(NODES[0]!, [...VIEW, "static-import.mjs"], HOLD);
    try {
      const address = await pageOf(child);
      const page = await browser.newPage();
      const waitForStatus = (text: string) => page.locator("#connection", { hasText: text }).waitFor();
      await page.goto(address.href);
      await waitForStatus("connected · 3 runs");
      child.kill();
      await once(child, "close");
      await waitForStatus("the program has ended or does not answer · 3 runs");
      child = project.start(NODES[0]!, [...VIEW, "static-import.mjs"], {
        ...HOLD,
        AI_SPANS_VIEW_PORT: address.port,
      });
      await waitForStatus("connected · 6 runs");
    } finally {
      child.kill();
      await browser.close();
    }
  });

  test("starts nothing for an import, and one page only for a program with workers", async () => {
    const project = fixture.project("v7");
    const imported = 'import { createViewer } from "ai-spans/view"; console.log(typeof createViewer);';
    const run = await project.run(NODES[0]!, ["--input-type=module", "--eval", imported]);
    expect(run).toEqual({ stdout: "function\n", stderr: "", code: 0, signal: null });
    const workers = 'new (require("node:worker_threads").Worker)("1 + 1", { eval: true });';
    const { stderr } = await project.run(NODES[0]!, [...VIEW, "--eval", workers]);
    expect(stderr.match(/the runs of this process/g)).toHaveLength(1);
  });

  test("says so where the tracer provider is of another kind", async () => {
    const program = [
      'const { trace } = require("@opentelemetry/api");',
      "const timer = setInterval(() => {}, 1_000);",
      'process.on("warning", ({ message }) => (console.log(message), clearInterval(timer)));',
      'trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer("none") });',
    ];
    const { stdout } = await fixture.project("v7").run(NODES[0]!, [...VIEW, "--eval", program.join("\n")]);
    expect(stdout).toBe(
      "ai-spans: the viewer cannot read the spans of this tracer provider: add createViewer().spanProcessor\n",
    );
  });

  test("says what is missing where no SDK is installed", async () => {
    const project = fixture.project("v7", { installed: ["api", "api-logs", "instrumentation"] });
    const { stdout, stderr } = await project.run(NODES[0]!, [...VIEW, "static-import.mjs"]);
    expect(JSON.parse(stdout)).toEqual(TEXTS);
    expect(stderr).toContain(
      "the viewer has no spans, because no OpenTelemetry SDK is installed: install @opentelemetry/sdk-trace-node",
    );
  });

  test.runIf(NODES.length > 1)("shows the runs with SDK 3 of OpenTelemetry", async () => {
    const project = fixture.project("v7", { openTelemetry: LINE_3 });
    const child = project.start(NODES.at(-1)!, [...VIEW, "static-import.mjs"], HOLD);
    const page = await pageOf(child);
    const spans = await readSpans(page, (all) => all.filter(isEndedRoot).length >= TREES.length);
    expect(treesOf(spans)).toEqual(TREES);
    child.kill();
    await once(child, "close");
  });
});
