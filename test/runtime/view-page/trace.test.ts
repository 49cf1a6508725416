/**
 * A trace in a real browser: its tree and what its spans recorded, by keyboard alone, frozen while one reads, and with
 * hostile spans.
 *
 * Holds: view-page.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { context, trace } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { addRun } from "../../view/program.ts";
import { openView } from "./browser-view.ts";

const view = openView();
const { cells, connection, runRows, spanRows } = view;

describe("a trace", () => {
  test("has the whole tree, and what each span recorded, by keyboard alone", async () => {
    const { tracer } = view.program;
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
    await view.page.goto(view.address);
    await connection("2 runs");
    await view.page.locator("#run-list").focus();
    await view.page.keyboard.press("End");
    await view.page.getByText("· 3 spans").waitFor();
    expect(await cells(spanRows())).toEqual(["✓ GET /chat", "✓ invoke_agent a", "✓ execute_tool t"]);
    await view.page.keyboard.press("Enter");
    await view.page.locator("#span-list:focus").waitFor();
    await view.page.locator("#details", { hasText: "invoke_agent a" }).waitFor();
    await view.page.keyboard.press("ArrowDown");
    await view.page.locator("#details", { hasText: "ai_spans.tool.approval" }).waitFor();
    expect(await spanRows().nth(2).innerText()).toContain("approval approved");
    expect(await view.page.locator("#details").innerText()).toMatch(
      /event after .*: a reader left\s+reason\s+stopped/,
    );
    await view.page.keyboard.press("Enter");
    await view.page.locator("#details:focus").waitFor();
    await view.page.keyboard.press("t");
    await view.page.getByText("Copied: the trace as a text tree").waitFor();
    const tree = await view.page.evaluate(() => navigator.clipboard.readText());
    expect(tree.split("\n").map((line) => line.replaceAll(/ {2}[\d.]+ m?s/g, ""))).toEqual([
      "GET /chat  ✓ ok",
      "└── invoke_agent a  ✓ ok",
      "    └── execute_tool t  ✓ ok  approval approved",
    ]);
    await view.page.keyboard.press("j");
    await view.page.getByText("Copied: the trace as JSON").waitFor();
    const json = JSON.parse(await view.page.evaluate(() => navigator.clipboard.readText()));
    expect(json).toHaveLength(3);
    await view.page.keyboard.press("l");
    await view.page.getByText("Copied: the link").waitFor();
    const link = await view.page.evaluate(() => navigator.clipboard.readText());
    await view.page.keyboard.press("Escape");
    await view.page.keyboard.press("Escape");
    await view.page.locator("#run-list:focus").waitFor();
    await view.page.goto("about:blank");
    await view.page.goto(link);
    await view.page.locator("#details", { hasText: "ai_spans.tool.approval" }).waitFor();
    await view.page.keyboard.press("?");
    await view.page.getByRole("dialog").waitFor();
    await view.page.keyboard.press("Escape");
    await view.page.keyboard.press("/");
    await view.page.locator("select[name=agent]:focus").waitFor();
  });

  test("is frozen while a span is read, and shows what is new when asked", async () => {
    addRun(view.program.tracer, { agent: "read" });
    await view.page.goto(view.address);
    await runRows().first().click();
    await spanRows().first().click();
    await view.page.getByRole("button", { name: "Frozen (0 changed): show" }).waitFor();
    addRun(view.program.tracer, { agent: "unread" });
    await view.page.getByRole("button", { name: "Frozen (1 changed): show" }).waitFor();
    expect(await cells()).toEqual(["read"]);
    await view.page.keyboard.press("f");
    await connection("2 runs");
    expect(await cells()).toEqual(["unread", "read"]);
    await view.page.locator("#span-list .row.is-chosen").waitFor();
  });
});

describe("hostile spans", () => {
  const SCRIPT = `</script><script>alert("name")</script><img src=x onerror='alert("image")'>`;
  const RTL = "\u202eevil\u202c \u05d0\u05d1\u05d2 \u2066x";
  const EMOJI = "👩‍👩‍👧‍👦 \u{1F1F5}\u{1F1F9} \ud83d";
  const LONG = "1MB".repeat(349_526);

  test("are shown as text, live and in a saved page", async () => {
    const attributes = { [SCRIPT]: SCRIPT, rtl: RTL, emoji: EMOJI, long: LONG, "gen_ai.tool.name": SCRIPT };
    addRun(view.program.tracer, { agent: SCRIPT, conversation: SCRIPT, attributes });
    addRun(view.program.tracer, { agent: RTL, conversation: SCRIPT, attributes });
    addRun(view.program.tracer, { agent: EMOJI, model: LONG });
    await view.page.goto(view.address);
    await connection("3 runs");
    await view.page.getByLabel("tool", { exact: true }).selectOption(SCRIPT);
    await connection("2 of 3 runs");
    await runRows().filter({ hasText: SCRIPT }).click();
    await spanRows().filter({ hasText: SCRIPT }).click();
    const details = view.page.locator("#details");
    await details.locator("dt", { hasText: SCRIPT }).waitFor();
    const texts = await details.locator("dd").allTextContents();
    expect(texts).toEqual(expect.arrayContaining([SCRIPT, RTL]));
    expect(texts.find((text) => text.startsWith("1MB1MB"))).toBe(
      `${LONG.slice(0, 4_096)}… (${LONG.length} characters)`,
    );
    expect(await view.page.locator("#details img, #run-list img, #filters img").count()).toBe(0);

    const download = view.page.waitForEvent("download");
    await view.page.getByRole("button", { name: "Save page" }).click();
    const file = join(view.folder, (await download).suggestedFilename());
    await (await download).saveAs(file);
    await view.page.goto("about:blank");
    await view.program.viewer.close();
    const requests: string[] = [];
    view.page.on("request", (request) => requests.push(request.url()));
    await view.page.goto(pathToFileURL(file).href);
    await connection("saved · 1 runs");
    await runRows().first().click();
    await view.page.locator("#details dt", { hasText: SCRIPT }).waitFor();
    expect(requests).toEqual([pathToFileURL(file).href]);
  });
});
