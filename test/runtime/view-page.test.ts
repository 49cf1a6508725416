/**
 * The page of the viewer in a real browser: what it shows, live and by keyboard, with hostile spans, and with many.
 *
 * Holds: view-page.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { addRun, startProgram, type Program } from "../view/program.ts";

/** Where Debian installs it: `.ci/chromium`. */
const CHROMIUM = "/usr/bin/chromium";
// Other tests run at the same time, and the browser shares what is left.
vi.setConfig({ testTimeout: 90_000 });

/** For saved pages. */
let folder: string;
let browser: Browser;
let browserContext: BrowserContext;
let page: Page;
let program: Program;
let address: string;
/** What the browser complains of: refused scripts, errors. */
let complaints: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ai-spans-view-"));
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}, 90_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  program = startProgram();
  address = await program.viewer.listen();
  browserContext = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  page = await browserContext.newPage();
  complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
});

afterEach(async () => {
  expect(complaints).toEqual([]);
  await browserContext.close();
  await program.viewer.close();
});

const runRows = () => page.locator("#run-list .row:not(.is-group)");
const spanRows = () => page.locator("#span-list .row");
const connection = (text: string) => page.locator("#connection", { hasText: text }).waitFor();
const cells = async (rows = runRows()) => (await rows.allInnerTexts()).map((row) => row.split("\n")[0]);

describe("the runs", () => {
  test("appear as they happen, and change until they end", async () => {
    await page.goto(address);
    await connection("connected · 0 runs");
    await page.getByText("No run so far.").waitFor();
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "live-agent" };
    const run = program.tracer.startSpan("invoke_agent live-agent", { attributes });
    await runRows().filter({ hasText: "live-agent" }).filter({ hasText: "… running" }).waitFor();
    run.setAttributes({ "gen_ai.usage.input_tokens": 1_731, "gen_ai.usage.cache_read.input_tokens": 1_536 });
    run.setAttribute("error.type", "429");
    run.setStatus({ code: SpanStatusCode.ERROR });
    run.end();
    await runRows().filter({ hasText: "✕ error 429" }).filter({ hasText: "1,731 (1,536)" }).waitFor();
    await connection("connected · 1 runs");
  });

  test("that were open when the program ended are lost, once another program is there", async () => {
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a" };
    program.tracer.startSpan("invoke_agent a", { attributes });
    await page.goto(address);
    await connection("connected · 1 runs");
    await program.viewer.close();
    await connection("the program has ended or does not answer");
    await runRows().filter({ hasText: "… running" }).waitFor();
    program = startProgram();
    addRun(program.tracer, { agent: "b" });
    await program.viewer.listen({ port: Number(new URL(address).port) });
    await connection("connected · 2 runs");
    await runRows().filter({ hasText: "? lost the process has ended" }).waitFor();
    // The browser says so of each connection that failed.
    complaints = complaints.filter((text) => !text.startsWith("Failed to load resource: net::ERR_"));
  });

  test("of one conversation stand together, the newest first", async () => {
    addRun(program.tracer, { agent: "first", conversation: "c-1" });
    addRun(program.tracer, { agent: "second" });
    addRun(program.tracer, { agent: "third", conversation: "c-1" });
    await page.goto(address);
    await connection("3 runs");
    expect(await cells(page.locator("#run-list .row"))).toEqual([
      "conversation c-1 (2 runs)",
      "third",
      "first",
      "second",
    ]);
  });

  test("are filtered by agent, tool, model, outcome and error type, and the link keeps it", async () => {
    addRun(program.tracer, { agent: "a", tools: ["searchRooms"] });
    addRun(program.tracer, { agent: "b", model: "claude" });
    addRun(program.tracer, {
      agent: "c",
      attributes: { "ai_spans.canceled": true, "ai_spans.cancel.cause": "abort" },
    });
    addRun(program.tracer, { agent: "d", attributes: { "error.type": "429" } });
    await page.goto(address);
    await connection("4 runs");
    for (const [label, value, agents] of [
      ["agent", "a", ["a"]],
      ["tool", "searchRooms", ["a"]],
      ["model", "claude", ["b"]],
      ["outcome", "canceled", ["c"]],
      ["error type", "429", ["d"]],
    ] as const) {
      await page.getByLabel(label, { exact: true }).selectOption(value);
      await connection(`${agents.length} of 4 runs`);
      expect(await cells()).toEqual(agents);
      await page.reload();
      await connection(`${agents.length} of 4 runs`);
      expect(await cells()).toEqual(agents);
      await page.getByLabel(label, { exact: true }).selectOption("any");
      await connection("· 4 runs");
    }
    await page.getByLabel("agent", { exact: true }).selectOption("a");
    await page.getByLabel("model", { exact: true }).selectOption("claude");
    await page.getByText("No run passes the filters.").waitFor();
  });
});

describe("a trace", () => {
  test("has the whole tree, and what each span recorded, by keyboard alone", async () => {
    const { tracer } = program;
    const request = tracer.startSpan("GET /chat");
    const below = trace.setSpan(context.active(), request);
    const run = tracer.startSpan(
      "invoke_agent a",
      { attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a" } },
      below,
    );
    const inRun = trace.setSpan(below, run);
    const tool = tracer.startSpan(
      "execute_tool t",
      { attributes: { "gen_ai.operation.name": "execute_tool", "ai_spans.tool.approval": "approved" } },
      inRun,
    );
    tool.addEvent("a reader left", { reason: "stopped" });
    tool.end();
    run.end();
    request.end();
    addRun(tracer, { agent: "newer" });
    await page.goto(address);
    await connection("2 runs");
    await page.locator("#run-list").focus();
    await page.keyboard.press("End");
    await page.getByText("· 3 spans").waitFor();
    expect(await cells(spanRows())).toEqual(["✓ GET /chat", "✓ invoke_agent a", "✓ execute_tool t"]);
    await page.keyboard.press("Enter");
    await page.locator("#span-list:focus").waitFor();
    await page.locator("#details", { hasText: "invoke_agent a" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("#details", { hasText: "ai_spans.tool.approval" }).waitFor();
    expect(await spanRows().nth(2).innerText()).toContain("approval approved");
    expect(await page.locator("#details").innerText()).toMatch(
      /event after .*: a reader left\s+reason\s+stopped/,
    );
    await page.keyboard.press("Enter");
    await page.locator("#details:focus").waitFor();
    await page.keyboard.press("t");
    await page.getByText("Copied: the trace as a text tree").waitFor();
    const tree = await page.evaluate(() => navigator.clipboard.readText());
    expect(tree.split("\n").map((line) => line.replaceAll(/ {2}[\d.]+ m?s/g, ""))).toEqual([
      "GET /chat  ✓ ok",
      "└── invoke_agent a  ✓ ok",
      "    └── execute_tool t  ✓ ok  approval approved",
    ]);
    await page.keyboard.press("j");
    await page.getByText("Copied: the trace as JSON").waitFor();
    const json = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(json).toHaveLength(3);
    await page.keyboard.press("l");
    await page.getByText("Copied: the link").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator("#run-list:focus").waitFor();
    await page.goto("about:blank");
    await page.goto(link);
    await page.locator("#details", { hasText: "ai_spans.tool.approval" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.locator("select[name=agent]:focus").waitFor();
  });

  test("is frozen while a span is read, and shows what is new when asked", async () => {
    addRun(program.tracer, { agent: "read" });
    await page.goto(address);
    await runRows().first().click();
    await spanRows().first().click();
    await page.getByRole("button", { name: "Frozen (0 changed): show" }).waitFor();
    addRun(program.tracer, { agent: "unread" });
    await page.getByRole("button", { name: "Frozen (1 changed): show" }).waitFor();
    expect(await cells()).toEqual(["read"]);
    await page.keyboard.press("f");
    await connection("2 runs");
    expect(await cells()).toEqual(["unread", "read"]);
    await page.locator("#span-list .row.is-chosen").waitFor();
  });
});

describe("hostile spans", () => {
  const SCRIPT = `</script><script>alert("name")</script><img src=x onerror='alert("image")'>`;
  const RTL = "\u202eevil\u202c \u05d0\u05d1\u05d2 \u2066x";
  const EMOJI = "👩‍👩‍👧‍👦 \u{1F1F5}\u{1F1F9} \ud83d";
  const LONG = "1MB".repeat(349_526);

  test("are shown as text, live and in a saved page", async () => {
    const attributes = { [SCRIPT]: SCRIPT, rtl: RTL, emoji: EMOJI, long: LONG, "gen_ai.tool.name": SCRIPT };
    addRun(program.tracer, { agent: SCRIPT, conversation: SCRIPT, attributes });
    addRun(program.tracer, { agent: RTL, conversation: SCRIPT, attributes });
    addRun(program.tracer, { agent: EMOJI, model: LONG });
    await page.goto(address);
    await connection("3 runs");
    await page.getByLabel("tool", { exact: true }).selectOption(SCRIPT);
    await connection("2 of 3 runs");
    await runRows().filter({ hasText: SCRIPT }).click();
    await spanRows().filter({ hasText: SCRIPT }).click();
    const details = page.locator("#details");
    await details.locator("dt", { hasText: SCRIPT }).waitFor();
    const shown = await details.locator("dd").allTextContents();
    expect(shown).toEqual(expect.arrayContaining([SCRIPT, RTL]));
    expect(shown.find((text) => text.startsWith("1MB1MB"))).toBe(
      `${LONG.slice(0, 4_096)}… (${LONG.length} characters)`,
    );
    expect(await page.locator("#details img, #run-list img, #filters img").count()).toBe(0);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save page" }).click();
    const file = join(folder, (await download).suggestedFilename());
    await (await download).saveAs(file);
    await page.goto("about:blank");
    await program.viewer.close();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await connection("saved · 1 runs");
    await runRows().first().click();
    await page.locator("#details dt", { hasText: SCRIPT }).waitFor();
    expect(requests).toEqual([pathToFileURL(file).href]);
  });
});

describe("many spans", () => {
  test("1,000 runs have elements for those in sight only, and all can be reached", async () => {
    for (let at = 0; at < 1_000; at++) {
      addRun(program.tracer, { agent: `agent-${at}`, tools: ["searchRooms", "bookRoom"] });
    }
    await page.goto(address);
    await connection("connected · 1000 runs");
    expect(await runRows().count()).toBeLessThan(100);
    expect((await cells())[0]).toBe("agent-999");
    await page.locator("#run-list").focus();
    await page.keyboard.press("End");
    await runRows()
      .filter({ hasText: /^agent-0\b/ })
      .waitFor();
    await page.getByText("· 4 spans").waitFor();
    // The oldest makes room.
    await page.keyboard.press("f");
    addRun(program.tracer, { agent: "one more" });
    await page.keyboard.press("Home");
    await runRows().filter({ hasText: "one more" }).waitFor();
    await connection("connected · 1000 runs");
  });

  test("a run of 2,000 spans has elements for those in sight only, and all can be reached", async () => {
    addRun(program.tracer, { tools: Array.from({ length: 1_998 }, (_, at) => `tool-${at}`) });
    await page.goto(address);
    await runRows().first().click();
    await page.getByText("· 2000 spans").waitFor();
    expect(await spanRows().count()).toBeLessThan(100);
    await page.locator("#span-list").focus();
    await page.keyboard.press("End");
    await page.locator("#details", { hasText: "execute_tool tool-1997" }).waitFor();
    await spanRows().filter({ hasText: "tool-1997" }).waitFor();
  });
});
