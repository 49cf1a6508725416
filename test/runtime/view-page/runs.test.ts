/**
 * The list of runs in a real browser: live, by conversation, filtered, and with many of them.
 *
 * Holds: view-page.
 */
import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { addRun, startProgram } from "../../view/program.ts";
import { openView } from "./browser-view.ts";

const view = openView();
const { cells, connection, runRows, spanRows } = view;

describe("the runs", () => {
  test("appear as they happen, and change until they end", async () => {
    await view.page.goto(view.address);
    await connection("connected · 0 runs");
    await view.page.getByText("No run so far.").waitFor();
    const attributes = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "live-agent" };
    const run = view.program.tracer.startSpan("invoke_agent live-agent", { attributes });
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
    view.program.tracer.startSpan("invoke_agent a", { attributes });
    await view.page.goto(view.address);
    await connection("connected · 1 runs");
    await view.program.viewer.close();
    await connection("the program has ended or does not answer");
    await runRows().filter({ hasText: "… running" }).waitFor();
    view.program = startProgram();
    addRun(view.program.tracer, { agent: "b" });
    await view.program.viewer.listen({ port: Number(new URL(view.address).port) });
    await connection("connected · 2 runs");
    await runRows().filter({ hasText: "? lost the process has ended" }).waitFor();
    // The browser says so of each connection that failed.
    view.complaints = view.complaints.filter(
      (text) => !text.startsWith("Failed to load resource: net::ERR_"),
    );
  });

  test("of one conversation stand together, the newest first", async () => {
    addRun(view.program.tracer, { agent: "first", conversation: "c-1" });
    addRun(view.program.tracer, { agent: "second" });
    addRun(view.program.tracer, { agent: "third", conversation: "c-1" });
    await view.page.goto(view.address);
    await connection("3 runs");
    expect(await cells(view.page.locator("#run-list .row"))).toEqual([
      "conversation c-1 (2 runs)",
      "third",
      "first",
      "second",
    ]);
  });

  test("are filtered by agent, tool, model, outcome and error type, and the link keeps it", async () => {
    addRun(view.program.tracer, { agent: "a", tools: ["searchRooms"] });
    addRun(view.program.tracer, { agent: "b", model: "claude" });
    addRun(view.program.tracer, {
      agent: "c",
      attributes: { "ai_spans.canceled": true, "ai_spans.cancel.cause": "abort" },
    });
    addRun(view.program.tracer, { agent: "d", attributes: { "error.type": "429" } });
    await view.page.goto(view.address);
    await connection("4 runs");
    for (const [label, value, agents] of [
      ["agent", "a", ["a"]],
      ["tool", "searchRooms", ["a"]],
      ["model", "claude", ["b"]],
      ["outcome", "canceled", ["c"]],
      ["error type", "429", ["d"]],
    ] as const) {
      await view.page.getByLabel(label, { exact: true }).selectOption(value);
      await connection(`${agents.length} of 4 runs`);
      expect(await cells()).toEqual(agents);
      await view.page.reload();
      await connection(`${agents.length} of 4 runs`);
      expect(await cells()).toEqual(agents);
      await view.page.getByLabel(label, { exact: true }).selectOption("any");
      await connection("· 4 runs");
    }
    await view.page.getByLabel("agent", { exact: true }).selectOption("a");
    await view.page.getByLabel("model", { exact: true }).selectOption("claude");
    await view.page.getByText("No run passes the filters.").waitFor();
  });
});

test("the list is frozen while somebody has scrolled it, and live again at its top", async () => {
  for (let at = 0; at < 100; at++) addRun(view.program.tracer, { agent: `agent-${at}` });
  await view.page.goto(view.address);
  await connection("100 runs");
  await view.page.locator("#run-list").evaluate((list) => list.scrollTo(0, 600));
  await view.page.getByRole("button", { name: "Frozen (0 changed): show" }).waitFor();
  const before = await cells();
  addRun(view.program.tracer, { agent: "unread" });
  await view.page.getByRole("button", { name: "Frozen (1 changed): show" }).waitFor();
  expect(await cells()).toEqual(before);
  await view.page.locator("#run-list").evaluate((list) => list.scrollTo(0, 0));
  await runRows().filter({ hasText: "unread" }).waitFor();
  await view.page.getByRole("button", { name: "Freeze", exact: true }).waitFor();
});

describe("many spans", () => {
  test("1,000 runs have elements for those in sight only, and all can be reached", async () => {
    for (let at = 0; at < 1_000; at++) {
      addRun(view.program.tracer, { agent: `agent-${at}`, tools: ["searchRooms", "bookRoom"] });
    }
    await view.page.goto(view.address);
    await connection("connected · 1000 runs");
    expect(await runRows().count()).toBeLessThan(100);
    expect((await cells())[0]).toBe("agent-999");
    await view.page.locator("#run-list").focus();
    await view.page.keyboard.press("End");
    await runRows()
      .filter({ hasText: /^agent-0\b/ })
      .waitFor();
    await view.page.getByText("· 4 spans").waitFor();
    // The oldest makes room.
    await view.page.keyboard.press("f");
    addRun(view.program.tracer, { agent: "one more" });
    await view.page.keyboard.press("Home");
    await runRows().filter({ hasText: "one more" }).waitFor();
    await connection("connected · 1000 runs");
  });

  test("a run of 2,000 spans has elements for those in sight only, and all can be reached", async () => {
    addRun(view.program.tracer, { tools: Array.from({ length: 1_998 }, (_, at) => `tool-${at}`) });
    await view.page.goto(view.address);
    await runRows().first().click();
    await view.page.getByText("· 2,000 spans").waitFor();
    expect(await spanRows().count()).toBeLessThan(100);
    await view.page.locator("#span-list").focus();
    await view.page.keyboard.press("End");
    await view.page.locator("#details", { hasText: "execute_tool tool-1997" }).waitFor();
    await spanRows().filter({ hasText: "tool-1997" }).waitFor();
  });
});
